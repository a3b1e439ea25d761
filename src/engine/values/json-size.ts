/** How large a JSON value is; counting ends soon after `bytes` is beyond what was allowed. */
export type JsonSize = { readonly bytes: number; readonly nesting: number };

/**
 * The bytes of a value as JSON without spaces, escapes left out, and how deep its lists and objects are in
 * one another.
 */
export function jsonSize(value: unknown, allowedBytes: number): JsonSize {
  let bytes = 0;
  let nesting = 0;
  const left: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 1 }];
  while (bytes <= allowedBytes) {
    const next = left.pop();
    if (next === undefined) break;
    const { value: each, depth } = next;
    if (typeof each !== 'object' || each === null) {
      bytes += typeof each === 'string' ? textBytes(each) + 2 : String(each).length;
      continue;
    }
    nesting = Math.max(nesting, depth);
    const inside: readonly unknown[] = Array.isArray(each) ? each : Object.values(each);
    bytes += 2 + Math.max(0, inside.length - 1);
    if (!Array.isArray(each)) for (const key of Object.keys(each)) bytes += textBytes(key) + 3;
    for (const item of inside) left.push({ value: item, depth: depth + 1 });
  }
  return { bytes, nesting };
}

/** The bytes of a text in UTF-8. */
function textBytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // Each half of a surrogate pair makes two bytes of the four.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}
