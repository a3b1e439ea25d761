import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startDueWork } from '../../src/app/judging/due-work.ts';
import { enrollPartners } from '../../src/app/writing/enroll-partners.ts';
import { recordFacts } from '../../src/app/writing/record-facts.ts';
import { type UpdatePartner, updatePartner } from '../../src/app/writing/update-partner.ts';
import { subscribeToLog } from '../../src/events/subscribe-to-log.ts';
import { findFaults } from '../support/check-standings.ts';
import {
  createSmallProgram,
  day,
  enroll,
  granted,
  publish,
  revenue,
  SMALL_RULEBOOK,
} from '../support/fixtures.ts';
import { promised } from '../support/promised.ts';
import { waitFor } from '../support/wait-for.ts';
import { createBareProgram, type MovingApp, openMovingApp } from './support/moving-app.ts';

let moving: MovingApp;
beforeAll(async () => {
  moving = await openMovingApp('2026-03-01');
});
afterAll(() => moving.close());

async function judgeOn(on: string) {
  moving.goTo(on);
  await moving.judgeDue();
}
function update(program: string, partner: string, change: Partial<UpdatePartner>) {
  return updatePartner(moving.app, { program, partner, firstOn: null, ...change });
}
async function enrollOn(program: string, externalRef: string, on: string) {
  const partner = {
    externalRef,
    name: externalRef,
    country: 'DE',
    region: 'DACH',
    parent: null,
    enrolledOn: day(on),
  };
  const { outcomes } = granted(await enrollPartners(moving.app, { program, partners: [partner] }));
  return outcomes.map((outcome) => granted(outcome).partnerId)[0] ?? '';
}
function tiersOn(id: string, ...days: readonly string[]) {
  return Promise.all(days.map(async (on) => (await moving.standing(id, on)).status.tier));
}

test('rule 22: before enrolment, after leaving and before the first rulebook there is no tier, no rulebook, no proof', async () => {
  await createSmallProgram(moving.app, 'bounds');
  const id = await enrollOn('bounds', 'A', '2026-03-05');
  granted(await update('bounds', 'A', { leftOn: day('2026-03-20') }));
  const early = await enrollOn('bounds', 'B', '2018-06-01');
  expect(await tiersOn(id, '2026-03-04', '2026-03-05', '2026-03-19', '2026-03-20')).toEqual([
    null,
    'BASE',
    'BASE',
    null,
  ]);
  expect(await tiersOn(early, '2018-06-01', '2019-12-31', '2020-01-01')).toEqual([null, null, 'BASE']);
  for (const [partner, on] of [
    [id, '2026-03-04'],
    [id, '2026-03-20'],
    [early, '2019-12-31'],
  ] as const) {
    const { status, proof, specializations, next, measurements } = await moving.standing(partner, on);
    expect([on, status.rulebookId, status.tier, status.computedTier, status.holds, status.risk]).toEqual([
      on,
      null,
      null,
      null,
      [],
      null,
    ]);
    expect([proof, specializations, next, measurements]).toEqual([[], [], null, null]);
  }
  // The row, too, which nobody has to ask for a day.
  expect((await moving.rowOf(id)).status).toMatchObject({ rulebookId: null, tier: null });
  expect((await moving.standing(id)).proof).toEqual([]);
  await judgeOn('2026-03-05');
  await judgeOn('2026-03-25');
  expect(await moving.logOf(id)).toEqual([
    '2026-03-05 TIME null ENTERED BASE since 2026-03-05',
    '2026-03-20 TIME BASE LEFT null since 2026-03-20',
  ]);
  expect(await findFaults(moving.app, 'bounds')).toEqual([]);
});

test('rule 22: everything about a partner is entered for a day on, past or to come, and what was entered stays', async () => {
  await createSmallProgram(moving.app, 'entries');
  const [base, silver, gold] = SMALL_RULEBOOK.tiers;
  const regional = {
    ...silver,
    requirement: { measure: 'revenue', atLeast: { default: '100', regions: { APAC: '50' } } },
  };
  await publish(moving.app, 'entries', { ...SMALL_RULEBOOK, tiers: [base, regional, gold] }, '2021-01-01');
  const [id = ''] = await enroll(moving.app, ['A'], 'entries');
  await moving.record([revenue('r', 'A', '60', '2026-01-01')], 'entries');
  const count = () => moving.app.database.prisma.partnerEntry.count({ where: { partnerId: id } });
  expect(await count()).toBe(1);
  const changes: readonly Partial<UpdatePartner>[] = [
    { region: 'APAC', firstOn: day('2026-04-01') },
    { region: 'APAC', country: 'SG', firstOn: day('2026-02-10') },
    { region: 'DACH', firstOn: day('2026-02-20') },
    // For the same day again: what was recorded last counts.
    { region: 'APAC', firstOn: day('2026-02-20') },
    { region: 'EMEA', firstOn: day('2026-02-20') },
    { name: 'A & Sons', firstOn: day('2026-03-28') },
  ];
  for (const change of changes) granted(await update('entries', 'A', change));
  expect(await count()).toBe(1 + changes.length);
  // What is so already is entered nowhere.
  granted(await update('entries', 'A', { region: 'EMEA', country: 'SG' }));
  expect(await count()).toBe(1 + changes.length);
  const days = ['2026-02-09', '2026-02-10', '2026-02-19', '2026-02-20', '2026-03-31', '2026-04-01'];
  expect(await tiersOn(id, ...days)).toEqual(['BASE', 'SILVER', 'SILVER', 'BASE', 'BASE', 'SILVER']);
  await judgeOn('2026-03-28');
  expect(await moving.rowOf(id)).toMatchObject({ name: 'A & Sons', country: 'SG', region: 'EMEA' });
  await judgeOn('2026-04-02');
  expect(await moving.rowOf(id)).toMatchObject({ region: 'APAC', status: { tier: 'SILVER' } });
  // Every change was believed for a while, and its history revised by the one that came after it.
  expect((await moving.logOf(id)).at(-1)).toBe('2026-04-01 TIME BASE UP SILVER since 2026-04-01');
  expect(await findFaults(moving.app, 'entries')).toEqual([]);
});

test('rule 26: the first rulebook gives everybody a tier, by RULEBOOK, on the day on which it takes effect', async () => {
  moving.goTo('2026-04-02');
  await createBareProgram(moving.app, 'first');
  const [id = ''] = await enroll(moving.app, ['A'], 'first');
  expect(await moving.logOf(id)).toEqual([]);
  expect((await moving.standing(id)).status.tier).toBeNull();
  await publish(moving.app, 'first', SMALL_RULEBOOK, '2026-04-10');
  await moving.judgeDue();
  await judgeOn('2026-04-12');
  expect(await moving.logOf(id)).toEqual(['2026-04-10 RULEBOOK null ENTERED BASE since 2026-04-10']);
  expect(await findFaults(moving.app, 'first')).toEqual([]);
});

test('rule 29: who watches a partner hears of changes of the numbers alone, many at once as few, and of nobody else', async () => {
  await createSmallProgram(moving.app, 'watched');
  const [id = '', other = ''] = await enroll(moving.app, ['A', 'B'], 'watched');
  const heard = { own: 0, others: 0 };
  const stop = [
    moving.watch.watch(id, () => (heard.own += 1)),
    moving.watch.watch(other, () => (heard.others += 1)),
  ];
  await waitFor(() => heard.own === 1 && heard.others === 1, { what: 'the first look' });
  const facts = [revenue('n', 'A', '1', '2026-04-01')];
  const { changes } = granted(
    await recordFacts(moving.app, { program: 'watched', source: 's', facts, onError: 'SKIP_ROW' }),
  );
  expect(changes).toEqual([]);
  await waitFor(() => heard.own === 2, { what: 'the new number' });
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      moving.record([revenue(`n-${index}`, 'A', '1', '2026-04-01')], 'watched'),
    ),
  );
  const { measurements } = await moving.rowOf(id);
  expect(measurements?.numbers[0]).toEqual(['41', 41]);
  await waitFor(() => heard.own > 2, { what: 'the forty of them' });
  expect(heard.own).toBeLessThanOrEqual(42);
  expect(heard.others).toBe(1);
  for (const each of stop) each();
});

test('rule 29: a process judges what fell due within a minute after midnight, unasked', async () => {
  promised(
    "On that day, within a minute of midnight in the programme's time zone, it changes and is pushed.",
  );
  // Midnight in Tokyo is 15 o'clock UTC.
  const programId = await createSmallProgram(moving.app, 'lag', 'Asia/Tokyo');
  moving.goTo('2026-05-01T14:59:30Z');
  await moving.judgeDue();
  const [id = ''] = await enroll(moving.app, ['A'], 'lag');
  granted(await update('lag', 'A', { leftOn: day('2026-05-02') }));
  expect((await moving.rowOf(id)).nextChangeOn).toBe(day('2026-05-02'));
  const events = await subscribeToLog({ tail: moving.tail, programId, filter: {}, after: null });
  await events.next();
  const pushed = events.next();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const judge = startDueWork(() => moving.app);
  try {
    // Nothing changes before.
    vi.advanceTimersByTime(60_000);
    await moving.judgeDue();
    expect((await moving.rowOf(id)).status.tier).toBe('BASE');
    moving.goTo('2026-05-01T15:00:00Z');
    vi.advanceTimersByTime(60_000);
    await waitFor(async () => (await moving.rowOf(id)).status.tier === null, { what: 'the tier to end' });
    expect((await moving.rowOf(id)).judgedOn).toBe(day('2026-05-02'));
    expect(await pushed).toMatchObject({
      value: {
        type: 'CHANGED',
        entry: { partnerId: id, change: { on: day('2026-05-02'), trigger: 'TIME' } },
      },
    });
  } finally {
    vi.useRealTimers();
    await judge.stop();
    await events.return?.();
  }
});

test('rule 46: thresholds by an attribute hold from the first day of its value, and proofs are rebuilt with it', async () => {
  const program = 'attributes';
  await createBareProgram(moving.app, program);
  const name = { en: 'Name', de: 'Name' };
  const measure = { metric: { fact: 'revenue', aggregate: 'SUM', window: { allTime: true } } };
  const atLeast = { default: '1000', by: 'attributes.size', values: { small: '10' } };
  const document = {
    format: 2,
    tiers: [
      { code: 'BASE', name },
      { code: 'GOLD', name, requirement: { measure, atLeast } },
    ],
  };
  moving.goTo('2027-01-10');
  await publish(moving.app, program, document, '2026-01-01');
  const partner = {
    externalRef: 'A',
    name: 'A',
    country: 'DE',
    region: 'DACH',
    attributes: [
      { name: ' size ', value: 'small' },
      { name: 'sector', value: 'public' },
    ],
    parent: null,
    enrolledOn: day('2026-02-01'),
  };
  const enrolled = granted(await enrollPartners(moving.app, { program, partners: [partner] }));
  const id = enrolled.outcomes.map((outcome) => granted(outcome).partnerId)[0] ?? '';
  granted(
    await recordFacts(moving.app, {
      program,
      source: 'crm',
      facts: [revenue('attr-1', 'A', '50', '2026-03-01')],
      onError: 'REJECT_ALL',
    }),
  );
  const rowOf = () => moving.app.database.prisma.partner.findUniqueOrThrow({ where: { id } });
  expect(await rowOf()).toMatchObject({ tier: 'GOLD', attributes: { size: 'small', sector: 'public' } });
  const proofOf = async (on: string) => {
    const { proof } = await moving.standing(id, on);
    const requirement = proof[0]?.requirement;
    return requirement?.type === 'THRESHOLD'
      ? [requirement.outcome, Number(requirement.required.numerator)]
      : null;
  };
  expect(await proofOf('2027-01-10')).toEqual(['MET', 10]);

  const grown = await update(program, 'A', {
    firstOn: day('2027-02-01'),
    attributes: [{ name: 'size', value: 'large' }],
  });
  expect(granted(grown).changed).toEqual([]);
  await judgeOn('2027-01-31');
  expect((await rowOf()).tier).toBe('GOLD');
  await judgeOn('2027-02-01');
  expect(await rowOf()).toMatchObject({ tier: 'BASE', attributes: { size: 'large', sector: 'public' } });
  expect([await proofOf('2027-01-31'), await proofOf('2027-02-01')]).toEqual([
    ['MET', 10],
    ['UNMET', 1000],
  ]);

  const taken = granted(await update(program, 'A', { attributes: [{ name: 'sector', value: null }] }));
  // What the call did not name is not told, and it is not told without it.
  expect(taken.changed).toEqual([]);
  const again = granted(await update(program, 'A', { attributes: [{ name: 'size', value: 'small' }] }));
  expect(again.changed).toEqual(['attributes']);
  expect(await rowOf()).toMatchObject({ tier: 'GOLD', attributes: { size: 'small' } });

  const many = Array.from({ length: 20 }, (_, index) => ({ name: `a${index}`, value: 'x' }));
  expect(await update(program, 'A', { attributes: many })).toMatchObject({
    refused: 'INVALID_INPUT',
    path: 'attributes',
    message: 'A partner may have 20 attributes, and this one would have 21.',
  });
  const tooLong = Array.from({ length: 41 }, (_, index) => ({ name: `a${index}`, value: null }));
  expect(await update(program, 'A', { attributes: tooLong })).toMatchObject({
    refused: 'INVALID_INPUT',
    path: 'attributes',
    message: 'At most 40 attributes are read, and there are 41.',
  });
  const twice = [
    { name: 'b', value: 'x' },
    { name: 'b ', value: 'y' },
  ];
  expect(await update(program, 'A', { attributes: twice })).toMatchObject({
    refused: 'INVALID_INPUT',
    path: 'attributes[1].name',
    message: 'The attribute is there twice.',
  });
  expect(await update(program, 'A', { attributes: [{ name: 'b', value: '' }] })).toMatchObject({
    refused: 'INVALID_INPUT',
    path: 'attributes[0].value',
  });
  expect(await findFaults(moving.app, program)).toEqual([]);
});
