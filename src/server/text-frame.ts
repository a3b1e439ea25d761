const FINAL_TEXT = 0x81;
const TWO_BYTES_FOLLOW = 126;
const EIGHT_BYTES_FOLLOW = 127;
const CLOSING_BRACE = 0x7d;

/**
 * A WebSocket message of a server: one unmasked text frame, as RFC 6455 has it in section 5.2, with `beginning`, `middle` and a closing
 * brace in it. All are UTF-8.
 */
export function textFrame(beginning: Buffer, middle: Buffer): Buffer {
  const size = beginning.length + middle.length + 1;
  const headerSize = size < TWO_BYTES_FOLLOW ? 2 : size < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerSize + size);
  frame[0] = FINAL_TEXT;
  if (headerSize === 2) frame[1] = size;
  else if (headerSize === 4) {
    frame[1] = TWO_BYTES_FOLLOW;
    frame.writeUInt16BE(size, 2);
  } else {
    frame[1] = EIGHT_BYTES_FOLLOW;
    frame.writeBigUInt64BE(BigInt(size), 2);
  }
  frame.set(beginning, headerSize);
  frame.set(middle, headerSize + beginning.length);
  frame[frame.length - 1] = CLOSING_BRACE;
  return frame;
}
