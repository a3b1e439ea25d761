import type { ObservedServer } from './observed-server.ts';

/** What a client gets for one operation. */
export type Answer = {
  readonly status: number;
  readonly bytes: number;
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
};

/** Posts an operation and returns the answer as it is. */
export async function ask(
  { url }: Pick<ObservedServer, 'url'>,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  return { status: response.status, bytes: Buffer.byteLength(text), ...JSON.parse(text) };
}

/** Posts an operation that must succeed and returns its data. */
export async function read<Data>(
  server: Pick<ObservedServer, 'url'>,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Data> {
  const { data, errors } = await ask(server, query, variables);
  if (errors !== undefined || data == null) throw new Error(JSON.stringify(errors));
  return data as Data;
}

/** The type, code and message of a mutation's answer; what an error says instead if there is one. */
export async function mutate(
  server: Pick<ObservedServer, 'url'>,
  field: string,
  input: Readonly<Record<string, unknown>>,
  selection = '',
): Promise<Readonly<Record<string, unknown>> & { readonly bytes: number }> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ... on Refusal { code message } ${selection} } }`;
  const { data, errors, bytes } = await ask(server, query, { input });
  const result = data?.[field];
  if (errors !== undefined || result === undefined) {
    return { __typename: 'Error', code: errors?.[0]?.extensions?.code, message: errors?.[0]?.message, bytes };
  }
  return { ...(result as Readonly<Record<string, unknown>>), bytes };
}

/** How long `/health/live` took at most while `work` ran, asked again and again, in milliseconds. */
export async function slowestPulse(
  { url }: Pick<ObservedServer, 'url'>,
  work: () => Promise<unknown>,
): Promise<number> {
  let slowest = 0;
  let isDone = false;
  const pulse = async (): Promise<void> => {
    while (!isDone) {
      const from = performance.now();
      const response = await fetch(`${url}/health/live`);
      await response.text();
      slowest = Math.max(slowest, performance.now() - from);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const pulses = pulse();
  try {
    await work();
  } finally {
    isDone = true;
    await pulses;
  }
  return slowest;
}
