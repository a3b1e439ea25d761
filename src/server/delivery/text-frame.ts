const FINAL_TEXT = 0x81;
const TWO_BYTES_FOLLOW = 126;
const EIGHT_BYTES_FOLLOW = 127;

/**
 * The UTF-8 of a text as a string with a character for each byte, which a stream writes as latin1 without a
 * buffer in between.
 */
export function toByteString(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/**
 * A WebSocket message of a server: one unmasked text frame, as RFC 6455 has it in section 5.2. Takes and
 * gives byte strings.
 */
export function textFrame(message: string): string {
  const size = message.length;
  if (size < TWO_BYTES_FOLLOW) return String.fromCharCode(FINAL_TEXT, size) + message;
  if (size < 65_536)
    return String.fromCharCode(FINAL_TEXT, TWO_BYTES_FOLLOW, size >> 8, size & 0xff) + message;
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(size));
  return String.fromCharCode(FINAL_TEXT, EIGHT_BYTES_FOLLOW, ...length) + message;
}
