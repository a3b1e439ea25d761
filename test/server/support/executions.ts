/** The two ways to execute operations; whatever holds for one has to hold for the other. */
export const EXECUTIONS = [
  { name: 'graphql-js', compileAfter: Number.POSITIVE_INFINITY },
  { name: 'compiled', compileAfter: 0 },
] as const;
