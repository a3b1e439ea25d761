/** Marks a place where every member of a union has been handled. A new member does not compile there. */
export function unreachable(value: never): never {
  throw new Error(`Nothing is due for ${JSON.stringify(value)}.`);
}
