/** The value, which the store's constraints say is there; throws if it is not. */
export function present<Value>(value: Value | null | undefined, what: string): Value {
  if (value === null || value === undefined) throw new Error(`A stored ${what} is missing.`);
  return value;
}
