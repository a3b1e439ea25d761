/**
 * About how many bytes of JSON a value comes to, characters taken for bytes; stops counting beyond `most`.
 * Objects may be shared within it, so that the text can be many times what it takes in memory.
 */
export function sizeOf(value: unknown, most: number): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
    case 'bigint':
    case 'boolean':
      return 5;
    case 'object':
      return value === null ? 4 : sizeOfParts(value, most);
    default:
      return 0;
  }
}

function sizeOfParts(value: object, most: number): number {
  let size = 2;
  const isList = Array.isArray(value);
  for (const [name, part] of Object.entries(value)) {
    size += (isList ? 1 : name.length + 4) + sizeOf(part, most - size);
    if (size > most) break;
  }
  return size;
}
