// Records a file of invoices: npx node examples/record-invoices.ts invoices.csv
//
// Its lines are number,partner,date,amount,currency. An invoice that is sent again is a duplicate and changes
// nothing, so the whole file can be sent after an interruption, and every night.
import { readFileSync } from 'node:fs';

const url = process.env.TIERGRAPH_URL ?? 'http://localhost:4000/graphql';
const key = process.env.TIERGRAPH_KEY;
const ROWS_A_REQUEST = 500;

const RECORD = `
  mutation Record($facts: [FactInput!]!) {
    recordFacts(input: { program: "connect", source: "invoices", facts: $facts, onError: SKIP_ROW }) {
      __typename
      ... on FactsRecorded {
        rows { __typename ... on RowRejected { code path message } }
        statusChanges { explanation }
      }
      ... on Refusal { code message }
    }
  }`;

type Answer = {
  readonly data?: {
    readonly recordFacts: {
      readonly code?: string;
      readonly message?: string;
      readonly rows?: readonly {
        readonly __typename: string;
        readonly path?: string;
        readonly message?: string;
      }[];
      readonly statusChanges?: readonly { readonly explanation: string }[];
    };
  };
  readonly errors?: readonly { readonly message: string }[];
};

async function record(facts: readonly unknown[]) {
  for (;;) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ query: RECORD, variables: { facts } }),
    });
    const { data, errors }: Answer = await response.json();
    const result = data?.recordFacts;
    // Nothing was changed: it may be sent again as it is.
    if (response.status === 429 || result?.code === 'TRY_AGAIN') {
      await new Promise((resolve) =>
        setTimeout(resolve, 1_000 * Number(response.headers.get('retry-after') ?? 1)),
      );
      continue;
    }
    if (result?.rows === undefined)
      throw new Error(result?.message ?? errors?.[0]?.message ?? response.statusText);
    return { rows: result.rows, changes: result.statusChanges ?? [] };
  }
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Name the file: npx node examples/record-invoices.ts invoices.csv');

const facts = readFileSync(file, 'utf8')
  .split('\n')
  .slice(1)
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [externalId, partner, occurredOn, amount, currency] = line.split(',').map((cell) => cell.trim());
    return { externalId, partner, occurredOn, detail: { revenue: { amount, currency } } };
  });

const counts = new Map<string, number>();
for (let from = 0; from < facts.length; from += ROWS_A_REQUEST) {
  const { rows, changes } = await record(facts.slice(from, from + ROWS_A_REQUEST));
  for (const { __typename, path, message } of rows) {
    counts.set(__typename, (counts.get(__typename) ?? 0) + 1);
    if (message !== undefined) console.error(`${path}: ${message}`);
  }
  for (const { explanation } of changes) console.log(explanation);
}
console.log([...counts].map(([type, count]) => `${type} ${count}`).join(', '));
