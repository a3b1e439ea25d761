/** What an error says; what its parts say where it says nothing itself, as when a host has several addresses and none answers. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
};
