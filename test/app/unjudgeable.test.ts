import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judgeDue } from '../../src/app/judging/judge-due.ts';
import { enrollPartners } from '../../src/app/writing/enroll-partners.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { withdrawRulebook } from '../../src/app/writing/withdraw-rulebook.ts';
import { createProgramCatalogue } from '../../src/store/catalogue/program-catalogue.ts';
import { doublingMeasures } from '../engine/support/unfolding.ts';
import { answer } from '../schema/ask.ts';
import { createSmallProgram, day, enroll, granted, revenue, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

const LARGE = {
  ...SMALL_RULEBOOK,
  measures: { ...SMALL_RULEBOOK.measures, ...doublingMeasures(40) },
  tiers: [
    ...SMALL_RULEBOOK.tiers,
    {
      code: 'PLATINUM',
      name: { en: 'Platinum', de: 'Platin' },
      requirement: { measure: 'm40', atLeast: '1' },
    },
  ],
};
const ILLEGIBLE = { format: 1, tiers: [{ code: 'BASE' }, { code: 'SILVER', requirement: 'all of it' }] };
const TOO_LARGE =
  'Rulebook 2: It is too large at /measures/m15: With everything written out where it is used, this comes to 65535 parts; 50000 are allowed.';
const CANNOT_BE_READ = `Rulebook 2: Its document can't be read: /tiers/0: "name" is missing.`;

let opened: Awaited<ReturnType<typeof openTestApp>>;

/** Publishes a document as an older server did that took whatever it was given. */
async function publishUnchecked(program: string, document: unknown): Promise<void> {
  const { prisma } = opened.app.database;
  await prisma.$executeRaw`
    INSERT INTO rulebook (id, program_id, number, state, effective_from, published_at, document)
    SELECT ${randomUUIDv7()}::uuid, id, 2, 'PUBLISHED', DATE '2026-06-01', '2026-06-10T12:00:01Z', ${JSON.stringify(document)}::jsonb
    FROM program WHERE code = ${program}`;
  await advance(program);
}

async function advance(program: string): Promise<void> {
  const { prisma } = opened.app.database;
  await prisma.$executeRaw`UPDATE program SET rules_version = rules_version + 1 WHERE code = ${program}`;
  await prisma.$executeRaw`UPDATE epoch SET number = number + 1`;
  opened.app.catalogue.expire();
}

async function record(program: string, externalId: string) {
  return granted(
    await recordFacts(opened.app, {
      program,
      source: 's',
      facts: [revenue(externalId, 'A', '500', '2026-06-02')],
      onError: 'SKIP_ROW',
    }),
  );
}

beforeAll(async () => {
  opened = await openTestApp({ clock: () => Date.UTC(2026, 5, 10, 12) });
  await opened.judge.stop();
  for (const code of ['large', 'broken', 'sound']) {
    await createSmallProgram(opened.app, code);
    await enroll(opened.app, ['A'], code);
  }
  await publishUnchecked('large', LARGE);
  await publishUnchecked('broken', ILLEGIBLE);
});
afterAll(() => opened.close());

test('a process starts, and says once which programmes it cannot judge and why', async () => {
  const told: unknown[] = [];
  const catalogue = createProgramCatalogue(opened.app.database, (...each) => told.push(each));
  expect([...(await catalogue.current()).byCode.keys()].sort()).toEqual(['broken', 'large', 'sound']);
  await opened.app.database.prisma.$executeRaw`UPDATE epoch SET number = number + 1`;
  catalogue.expire();
  await catalogue.current();
  const loads = createProgramCatalogue(opened.app.database, () => told.push('twice at once'));
  const { number } = await opened.app.database.prisma.epoch.findFirstOrThrow();
  await Promise.all([loads.current(), loads.at(number, opened.app.database.prisma)]);
  expect(told.splice(2)).toEqual(['twice at once', 'twice at once']);
  expect(told).toEqual([
    ['large', { number: 2, reason: TOO_LARGE.slice(12) }],
    ['broken', { number: 2, reason: CANNOT_BE_READ.slice(12) }],
  ]);
  await opened.app.catalogue.current();
  await opened.app.catalogue.current();
  expect(opened.log.problems.map((line) => line.slice(0, 80))).toEqual([
    'A programme cannot be judged by its rulebook. {"program":"large","rulebook":2,"r',
    'A programme cannot be judged by its rulebook. {"program":"broken","rulebook":2,"',
  ]);
});

test('the others go on, and a round of judging ends', async () => {
  await advance('sound');
  expect(await judgeDue(opened.app)).toBe(1);
  expect(await judgeDue(opened.app)).toBe(0);
  const { changes } = await record('sound', 'F1');
  expect(changes.map(({ change }) => change.detail.type)).toEqual(['TierChanged', 'HistoryRevised']);
});

describe.each([
  ['large', TOO_LARGE],
  ['broken', CANNOT_BE_READ],
])('a programme that cannot be judged: %s', (program, obstacle) => {
  const ASK = /* GraphQL */ `
    query ($program: String!, $ref: String!) {
      program(code: $program) {
        judging { total judged obstacle }
        tiers { code name }
        specializations { code }
        rulebooks(first: 5) { nodes { number tiers { code requirement { path } } } }
        distribution { tier { code } count }
        later: distribution(on: "2027-01-01") { count }
      }
      partner(by: { ref: { program: $program, externalRef: $ref } }) {
        tier { code }
        judgedOn
        standing { ...Said }
        earlier: standing(on: "2026-05-01") { ...Said }
        later: standing(on: "2027-01-01") { ...Said }
        known: standing(knownAt: "2026-06-10T12:00:09Z") { ...Said }
        history(first: 5) { nodes { from } }
        knownHistory: history(first: 5, knownAt: "2026-06-10T12:00:09Z") { nodes { from } }
        facts(first: 5) { nodes { externalId } }
        statusChanges(first: 5) { nodes { __typename } }
        specializations { specialization { code } }
      }
    }
    fragment Said on Standing {
      tier { code }
      proof { tier { code } outcome requirement { explanation } }
      next { tier { code } }
      specializations { isHeld requirement { outcome } }
      alternatives { proof { outcome } }
    }
  `;
  const nothing = { tier: null, proof: [], next: null, specializations: [], alternatives: [] };

  test('keeps what is recorded, and answers what can be said', async () => {
    expect((await record(program, 'F1')).rows.map(({ type }) => type)).toEqual(['RECORDED']);
    expect((await record(program, 'F1')).rows.map(({ type }) => type)).toEqual(['DUPLICATE']);
    const said = (await answer(opened, ASK, { program, ref: 'A' })) as {
      program: { judging: unknown };
      partner: Record<string, unknown>;
    };
    expect(said.program.judging).toEqual({ total: 1, judged: 0, obstacle });
    expect(said.partner).toMatchObject({
      tier: { code: 'BASE' },
      // What it was until the rulebook was published.
      judgedOn: '2026-06-10',
      standing: { tier: { code: 'BASE' }, next: { tier: { code: 'SILVER' } } },
      later: nothing,
      known: nothing,
      knownHistory: { nodes: [] },
      facts: { nodes: [{ externalId: 'F1' }] },
    });
  });

  test('takes new partners, who have no standing yet', async () => {
    const partner = {
      externalRef: 'B',
      name: 'B',
      country: 'DE',
      region: 'DACH',
      parent: 'A',
      enrolledOn: day('2026-06-01'),
    };
    granted(await enrollPartners(opened.app, { program, partners: [partner] }));
    const said = (await answer(opened, ASK, { program, ref: 'B' })) as { partner: unknown };
    expect(said.partner).toMatchObject({ tier: null, judgedOn: null, standing: nothing, earlier: nothing });
  });

  test('is judged with all that was recorded once the rulebook is gone', async () => {
    const stored = (await opened.app.catalogue.find('code', program))?.rulebooks.at(-1)?.id ?? '';
    granted(await withdrawRulebook(opened.app, { rulebook: stored, reason: 'Too large' }));
    expect(await judgeDue(opened.app)).toBe(2);
    const said = (await answer(opened, ASK, { program, ref: 'A' })) as {
      program: { judging: unknown };
      partner: unknown;
    };
    expect(said.program.judging).toEqual({ total: 2, judged: 2, obstacle: null });
    expect(said.partner).toMatchObject({ tier: { code: 'SILVER' } });
  });
});
