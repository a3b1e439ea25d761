import type { RecordFactsInput } from '../../../src/generated/graphql/graphql.ts';
import type { TestServer } from '../../support/test-server.ts';

/** The one invoice that the demo's partner P-00042 lacks for Gold. */
export async function missingRevenue(server: TestServer): Promise<RecordFactsInput> {
  const { program } = await server.ask('{ program(code: "connect") { today } }');
  const { today } = program as { today: string };
  return {
    program: 'connect',
    source: 'clients',
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

/** The partner P-00042, as every client asks for it. */
export const BY_REF = { ref: { program: 'connect', externalRef: 'P-00042' } } as const;
