import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, mutate, read, slowestPulse } from './support/ask.ts';
import {
  DATABASES,
  type DatabaseKind,
  type ObservedServer,
  startObservedServer,
} from './support/observed-server.ts';

// Much to judge at once, and families that no programme has.

/** How long `/health/live` may take meanwhile, in milliseconds. */
const SLOWEST_PULSE_MS: Readonly<Record<DatabaseKind, number>> = { PostgreSQL: 100, embedded: 300 };

function invoice(externalId: string, partner: string, occurredOn: string) {
  return {
    externalId,
    partner,
    occurredOn,
    detail: { revenue: { amount: '100', currency: 'EUR' } },
  };
}

type Page = {
  readonly program: { readonly today: string };
  readonly partners: {
    readonly nodes: readonly { readonly externalRef: string }[];
    readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  };
};

describe.each(DATABASES)('on %s', (database) => {
  let server: ObservedServer;
  let references: readonly string[];
  let today: string;
  beforeAll(async () => {
    server = await startObservedServer(database);
    const refs: string[] = [];
    let after: string | null = null;
    do {
      const { program, partners }: Page = await read(
        server,
        'query ($after: String) { program(code: "connect") { today } partners(program: "connect", first: 100, after: $after) { nodes { externalRef } pageInfo { endCursor hasNextPage } } }',
        { after },
      );
      today = program.today;
      refs.push(...partners.nodes.map(({ externalRef }) => externalRef));
      after = partners.pageInfo.hasNextPage ? partners.pageInfo.endCursor : null;
    } while (after !== null);
    references = refs;
  }, 180_000);
  afterAll(() => server?.remove());

  const recordOneEach = async (source: string, count: number): Promise<void> => {
    const facts = Array.from({ length: count }, (_, index) =>
      invoice(`${source}-${index}`, references[index % references.length] ?? '', today),
    );
    const { recordFacts } = await read<{ recordFacts: { rows: readonly { __typename: string }[] } }>(
      server,
      'mutation ($input: RecordFactsInput!) { recordFacts(input: $input) { ... on FactsRecorded { rows { __typename } } } }',
      { input: { program: 'connect', source, facts } },
    );
    const { rows } = recordFacts;
    expect(rows.filter(({ __typename }) => __typename === 'RowRecorded')).toHaveLength(count);
  };

  test.each([300, 1_000])('a batch of %d facts about all partners', async (count) => {
    const pulse = await server.withstand(() =>
      slowestPulse(server, () => recordOneEach(`batch-${count}`, count)),
    );
    expect(pulse).toBeLessThan(SLOWEST_PULSE_MS[database]);
  });

  test('a rulebook for all partners, from today', async () => {
    const { program } = await read<{ program: { rulebooks: { nodes: readonly { document: object }[] } } }>(
      server,
      '{ program(code: "connect") { rulebooks { nodes { document } } } }',
    );
    const { rulebooks } = program;
    const document = { ...(rulebooks.nodes.at(-1)?.document ?? {}), transition: undefined, remap: {} };
    const saved = await mutate(
      server,
      'saveRulebookDraft',
      { program: 'connect', document },
      '... on RulebookDraftSaved { id }',
    );
    expect(saved.__typename).toBe('RulebookDraftSaved');
    const { id } = saved;
    const pulse = await server.withstand(() =>
      slowestPulse(server, async () => {
        const published = await mutate(server, 'publishRulebook', { rulebook: id, effectiveFrom: today });
        expect(published.__typename).toBe('RulebookPublished');
        for (;;) {
          const { program } = await read<{ program: { judging: { judged: number; total: number } } }>(
            server,
            '{ program(code: "connect") { judging { judged total } } }',
          );
          const { judging } = program;
          if (judging.judged === judging.total) break;
        }
      }),
    );
    expect(pulse).toBeLessThan(SLOWEST_PULSE_MS[database]);
  });

  test('a chain of 300 parents', async () => {
    const pulse = await server.withstand(() =>
      slowestPulse(server, async () => {
        let deepest = references[0] ?? '';
        const refusals = new Map<string, number>();
        for (let index = 0; index < 300; index++) {
          const externalRef = `chain-${index}`;
          const result = await mutate(server, 'enrollPartner', {
            program: 'connect',
            externalRef,
            name: externalRef,
            country: 'DE',
            region: 'DACH',
            parent: deepest,
          });
          if (result.__typename === 'PartnerEnrolled') deepest = externalRef;
          else refusals.set(String(result.__typename), (refusals.get(String(result.__typename)) ?? 0) + 1);
        }
        expect(refusals.size).toBe(1);
        expect([...refusals.values()][0]).toBeGreaterThan(200);
        const recorded = await mutate(server, 'recordFacts', {
          program: 'connect',
          source: 'chain',
          facts: [invoice('deep', deepest, today)],
        });
        expect(recorded.__typename).toBe('FactsRecorded');
      }),
    );
    expect(pulse).toBeLessThan(SLOWEST_PULSE_MS[database]);
  });

  test('standings of a hundred partners on a day long past and one to come', async () => {
    await server.withstand(async () => {
      for (const on of ['2023-01-31', '2035-01-31']) {
        const { errors } = await ask(
          server,
          'query ($on: Date!) { partners(program: "connect", first: 50) { nodes { standing(on: $on) { tier { code } proof { outcome } } } } }',
          { on },
        );
        for (const { extensions } of errors ?? []) expect(extensions?.code).toBe('LIMIT_EXCEEDED');
      }
    });
  });
});
