import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeDue } from '../../src/app/judging/judge-due.ts';
import type { OpenApp } from '../../src/app/open-app.ts';
import { createInputsFinder } from '../../src/app/reading/find-inputs.ts';
import { readStanding } from '../../src/app/reading/read-standing.ts';
import { createProgram } from '../../src/app/writing/create-program.ts';
import { enrollPartners } from '../../src/app/writing/enroll-partners.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { updatePartner } from '../../src/app/writing/update-partner.ts';
import { readPartners } from '../../src/store/reading/read-partner.ts';
import { FULL_SCOPE } from '../../src/store/reading/read-scope.ts';
import { findFaults } from '../support/check-standings.ts';
import { day, granted, publish, revenue, SMALL_RULEBOOK } from '../support/fixtures.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: OpenApp;
let now = Date.UTC(2026, 2, 1, 12);
const ids = new Map<string, string>();

beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  granted(
    await createProgram(opened.app, {
      code: 'family',
      name: 'Family',
      timeZone: 'UTC',
      currency: 'EUR',
      fiscalYearFirstMonth: 1,
      satisfactionScale: { minimum: '0', maximum: '10' },
      measurementKinds: [],
    }),
  );
  const { revenue: own } = SMALL_RULEBOOK.measures;
  const measures = { revenue: { ...own, metric: { ...own.metric, scope: 'FAMILY' } } };
  await publish(opened.app, 'family', { ...SMALL_RULEBOOK, measures }, '2020-01-01');
  const partner = (externalRef: string, parent: string | null) => ({
    externalRef,
    name: externalRef,
    country: 'DE',
    region: 'DACH',
    parent,
    enrolledOn: day('2020-01-01'),
  });
  const partners = [
    partner('GROUP', null),
    partner('SOUTH', 'GROUP'),
    partner('SHOP', 'SOUTH'),
    partner('OTHER', null),
  ];
  const { outcomes } = granted(await enrollPartners(opened.app, { program: 'family', partners }));
  outcomes.forEach((outcome, index) => {
    ids.set(partners[index]?.externalRef ?? '', granted(outcome).partnerId);
  });
});
afterAll(() => opened.close());

function idOf(ref: string): string {
  return ids.get(ref) ?? '';
}
async function tierOn(ref: string, on: string): Promise<string | null> {
  const [row] = await readPartners(FULL_SCOPE, opened.app.database.prisma, [idOf(ref)]);
  if (row === undefined) throw new Error('the partner is there');
  return (
    await readStanding(
      opened.app,
      row,
      { on: day(on), knownAt: null },
      createInputsFinder(FULL_SCOPE, opened.app),
    )
  ).status.tier;
}
async function tiersOn(on: string) {
  return Promise.all(['GROUP', 'SOUTH', 'SHOP', 'OTHER'].map((ref) => tierOn(ref, on)));
}
function update(partner: string, change: Partial<Parameters<typeof updatePartner>[1]>) {
  return updatePartner(opened.app, { program: 'family', partner, firstOn: null, ...change });
}

test("rule 15: a descendant's fact lifts everybody above it, each with its own entry and the fact as cause", async () => {
  const facts = [revenue('x', 'SHOP', '120', '2026-02-01')];
  const { rows, changes } = granted(
    await recordFacts(opened.app, { program: 'family', source: 's', facts, onError: 'SKIP_ROW' }),
  );
  const [row] = rows;
  const cause = row?.type === 'RECORDED' ? row.fact.id : '';
  const lifted = changes.filter(({ change }) => change.detail.type === 'TierChanged');
  expect(new Set(lifted.map(({ partnerId }) => partnerId))).toEqual(
    new Set(['GROUP', 'SOUTH', 'SHOP'].map(idOf)),
  );
  expect(lifted.every(({ causes }) => causes.length === 1 && causes[0] === cause)).toBe(true);
  expect(await tiersOn('2026-03-01')).toEqual(['SILVER', 'SILVER', 'SILVER', 'BASE']);
});

test('rule 15: the hierarchy is dated; moving an affiliate moves what it brings from that day on', async () => {
  now = Date.UTC(2026, 2, 10, 12);
  granted(await update('SOUTH', { parent: 'OTHER', firstOn: day('2026-03-05') }));
  expect(await tiersOn('2026-03-04')).toEqual(['SILVER', 'SILVER', 'SILVER', 'BASE']);
  expect(await tiersOn('2026-03-05')).toEqual(['BASE', 'SILVER', 'SILVER', 'SILVER']);
  expect(await findFaults(opened.app, 'family')).toEqual([]);
  const [south] = await readPartners(FULL_SCOPE, opened.app.database.prisma, [idOf('SOUTH')]);
  expect(south?.parentId).toBe(idOf('OTHER'));
});

test('rule 15: cycles are refused, of any length and also on a later day', async () => {
  expect(await update('SHOP', { parent: 'SHOP' })).toMatchObject({
    refused: 'HIERARCHY_CYCLE',
    path: 'parent',
  });
  expect(await update('OTHER', { parent: 'SHOP' })).toMatchObject({ refused: 'HIERARCHY_CYCLE' });
  granted(await update('SHOP', { parent: null, firstOn: day('2026-04-01') }));
  expect(await update('OTHER', { parent: 'SHOP', firstOn: day('2026-03-20') })).toMatchObject({
    refused: 'HIERARCHY_CYCLE',
  });
  granted(await update('OTHER', { parent: 'SHOP', firstOn: day('2026-04-01') }));
  expect(await update('OTHER', { parent: 'nobody' })).toMatchObject({
    refused: 'UNKNOWN_PARENT',
    path: 'parent',
  });
  expect(await findFaults(opened.app, 'family')).toEqual([]);
});

test('rule 22: who leaves has no tier from that day on, and its name changes on the day entered', async () => {
  granted(await update('GROUP', { leftOn: day('2026-03-12') }));
  expect(await tierOn('GROUP', '2026-03-11')).toBe('BASE');
  expect(await tierOn('GROUP', '2026-03-12')).toBeNull();
  granted(await update('SHOP', { name: 'Shop & Sons', firstOn: day('2026-03-11') }));
  const nameNow = async () =>
    (await readPartners(FULL_SCOPE, opened.app.database.prisma, [idOf('SHOP')]))[0]?.name;
  expect(await nameNow()).toBe('SHOP');
  now = Date.UTC(2026, 2, 11, 12);
  await judgeDue(opened.app);
  expect(await nameNow()).toBe('Shop & Sons');
  expect(granted(await update('SHOP', {})).changes).toEqual([]);
  expect(await update('SHOP', { country: 'de' })).toMatchObject({
    refused: 'INVALID_INPUT',
    path: 'country',
  });
});

test('rule 37: a descendant counts while it is a member, but for what is dated after it left, and still connects those below it', async () => {
  now = Date.UTC(2026, 5, 1, 12);
  const partner = (externalRef: string, parent: string | null) => ({
    externalRef,
    name: externalRef,
    country: 'DE',
    region: 'DACH',
    parent,
    enrolledOn: day('2026-05-01'),
  });
  const partners = [partner('TOP', null), partner('MIDDLE', 'TOP'), partner('LOW', 'MIDDLE')];
  const { outcomes } = granted(await enrollPartners(opened.app, { program: 'family', partners }));
  outcomes.forEach((outcome, index) => {
    ids.set(partners[index]?.externalRef ?? '', granted(outcome).partnerId);
  });
  const facts = [
    revenue('m1', 'MIDDLE', '60', '2026-04-01'),
    revenue('m2', 'MIDDLE', '500', '2026-05-20'),
    revenue('l1', 'LOW', '60', '2026-05-02'),
  ];
  granted(await recordFacts(opened.app, { program: 'family', source: 's', facts, onError: 'SKIP_ROW' }));
  expect(await tierOn('TOP', '2026-05-02')).toBe('SILVER');
  granted(await update('MIDDLE', { leftOn: day('2026-05-10') }));
  // What it had sold before it joined counts while it is a member; what is dated after it left never does.
  expect(await tierOn('TOP', '2026-05-02')).toBe('SILVER');
  expect(await tierOn('TOP', '2026-05-10')).toBe('BASE');
  expect(await tierOn('TOP', '2026-05-21')).toBe('BASE');
  granted(
    await recordFacts(opened.app, {
      program: 'family',
      source: 's',
      facts: [revenue('l2', 'LOW', '60', '2026-05-25')],
      onError: 'SKIP_ROW',
    }),
  );
  expect(await tierOn('TOP', '2026-05-25')).toBe('SILVER');
  expect(await findFaults(opened.app, 'family')).toEqual([]);
});
