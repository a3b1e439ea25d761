/** Stands where every member of a union has been dealt with: a new member does not compile there. */
export function unreachable(value: never): never {
  throw new Error(`Nothing is due for ${JSON.stringify(value)}.`);
}
