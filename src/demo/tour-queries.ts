/** An operation of the README's tour, as it is there. */
export type TourQuery = { readonly query: string; readonly variables?: string };

/**
 * The operations of the README's tour, to be tried on a page; `today` is a day as in `2026-11-23`, not later
 * than the programme's.
 */
export function tourQueries(today: string): readonly TourQuery[] {
  return [
    ...READING.map((query) => ({ query })),
    { query: RECORDING, variables: JSON.stringify({ input: invoiceOf(today) }, null, 2) },
  ];
}

const READING = [
  `# 1. What is a partner's tier, and what is missing for the next?
query WhatIsMissing {
  partner(by: { ref: { program: "connect", externalRef: "P-00042" } }) {
    name
    tier { name }
    standing {
      on
      next { tier { name } missing { explanation } }
    }
  }
}
`,
  `# 2. Why?
query Why {
  partner(by: { ref: { program: "connect", externalRef: "P-00042" } }) {
    standing {
      proof {
        tier { name }
        outcome
        requirement { ... on CompositeProof { parts { requirement { outcome explanation } } } }
      }
    }
  }
}
`,
  `# 3. Which facts are behind a number?
query CountedFacts {
  partner(by: { ref: { program: "connect", externalRef: "P-00042" } }) {
    standing {
      next {
        missing {
          ... on ThresholdProof {
            required
            shortfall
            actual {
              value
              counted(first: 2) { nodes { externalId occurredOn ... on RevenueFact { amount currency } } }
              excluded(first: 1) { nodes { reason fact { externalId occurredOn } } }
            }
          }
        }
      }
    }
  }
}
`,
  `# 4. Follow each change; the other tabs go on meanwhile.
subscription Changes {
  statusChanged(program: "connect") {
    ... on StatusChanged {
      cursor
      change { partner { name } explanation ... on TierChanged { from { code } to { code } } }
    }
    ... on Checkpoint { cursor caughtUp }
  }
}
`,
];

const RECORDING = `# 5. Record the one fact that is missing.
mutation RecordFact ($input: RecordFactsInput!) { recordFacts(input: $input) { ... on FactsRecorded { rows { __typename } statusChanges { explanation } } ... on Refusal { message } } }
`;

/** The README's invoice. */
function invoiceOf(today: string): object {
  return {
    program: 'connect',
    source: 'tour',
    facts: [
      {
        externalId: 'INV-1',
        partner: 'P-00042',
        occurredOn: today,
        detail: { revenue: { amount: '25000', currency: 'EUR' } },
      },
    ],
  };
}
