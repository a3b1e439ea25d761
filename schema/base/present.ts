/** The value, which the store's constraints guarantee; throws if it is missing. */
export function present<Value>(value: Value | null | undefined, what: string): Value {
  if (value === null || value === undefined) throw new Error(`A stored ${what} is missing.`);
  return value;
}
