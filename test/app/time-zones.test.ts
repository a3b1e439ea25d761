import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { dayIn, isTimeZone } from '../../src/app/context/clock.ts';
import { standsOn } from '../../src/app/reading/read-standing.ts';
import { overrideTier } from '../../src/app/writing/override-tier.ts';
import { formatDay } from '../../src/engine/values/day.ts';
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
import { type MovingApp, openMovingApp } from './support/moving-app.ts';

describe('rule 1: the calendar day of an instant', () => {
  it.each([
    // 14 hours ahead: the first to begin a day.
    ['Pacific/Kiritimati', '2026-03-05T09:59:59.999Z', '2026-03-05'],
    ['Pacific/Kiritimati', '2026-03-05T10:00:00.000Z', '2026-03-06'],
    ['Pacific/Kiritimati', '2026-12-31T10:00:00.000Z', '2027-01-01'],
    // 11 hours behind: among the last.
    ['Pacific/Pago_Pago', '2026-03-05T10:59:59.999Z', '2026-03-04'],
    ['Pacific/Pago_Pago', '2026-03-05T11:00:00.000Z', '2026-03-05'],
    ['Pacific/Pago_Pago', '2028-03-01T10:59:59.999Z', '2028-02-29'],
    // Summer time begins: the day has 23 hours.
    ['Europe/Berlin', '2026-03-28T22:59:59.999Z', '2026-03-28'],
    ['Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T21:59:59.999Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T22:00:00.000Z', '2026-03-30'],
    // It ends: the day has 25.
    ['Europe/Berlin', '2026-10-24T21:59:59.999Z', '2026-10-24'],
    ['Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25'],
    ['Europe/Berlin', '2026-10-25T22:59:59.999Z', '2026-10-25'],
    ['Europe/Berlin', '2026-10-25T23:00:00.000Z', '2026-10-26'],
    // A midnight that did not exist: the day began at one.
    ['America/Sao_Paulo', '2018-11-04T02:59:59.999Z', '2018-11-03'],
    ['America/Sao_Paulo', '2018-11-04T03:00:00.000Z', '2018-11-04'],
    // A quarter of an hour off, and a day that a country left out.
    ['Asia/Kathmandu', '2026-03-05T18:14:59.999Z', '2026-03-05'],
    ['Asia/Kathmandu', '2026-03-05T18:15:00.000Z', '2026-03-06'],
    ['Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-29'],
    ['Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-31'],
    ['UTC', '2026-03-05T23:59:59.999Z', '2026-03-05'],
  ])('in %s at %s is %s', (timeZone, instant, on) => {
    expect(isTimeZone(timeZone)).toBe(true);
    expect(formatDay(dayIn(timeZone, Date.parse(instant)))).toBe(on);
  });
});

/** The minute before midnight and midnight itself. */
type Midnight = readonly [zone: string, on: string, before: string, at: string];
const MIDNIGHTS: readonly Midnight[] = [
  ['Europe/Berlin', '2026-03-29', '2026-03-28T22:59:00Z', '2026-03-28T23:00:00Z'],
  ['Europe/Berlin', '2026-03-30', '2026-03-29T21:59:00Z', '2026-03-29T22:00:00Z'],
  ['Pacific/Kiritimati', '2026-05-01', '2026-04-30T09:59:00Z', '2026-04-30T10:00:00Z'],
  ['Pacific/Pago_Pago', '2026-06-30', '2026-06-30T10:59:00Z', '2026-06-30T11:00:00Z'],
  ['Europe/Berlin', '2026-10-25', '2026-10-24T21:59:00Z', '2026-10-24T22:00:00Z'],
  ['Europe/Berlin', '2026-10-26', '2026-10-25T22:59:00Z', '2026-10-25T23:00:00Z'],
  ['Pacific/Kiritimati', '2027-01-01', '2026-12-31T09:59:00Z', '2026-12-31T10:00:00Z'],
  ['Pacific/Pago_Pago', '2028-02-29', '2028-02-29T10:59:00Z', '2028-02-29T11:00:00Z'],
];
const ZONES = [...new Set(MIDNIGHTS.map(([zone]) => zone))];
function codeOf(zone: string): string {
  return zone.toLowerCase().replace(/[^a-z]/g, '-');
}

let moving: MovingApp;
beforeAll(async () => {
  moving = await openMovingApp('2026-01-15');
  for (const zone of ZONES) await createSmallProgram(moving.app, codeOf(zone), zone);
});
afterAll(() => moving.close());

test.each(MIDNIGHTS)(
  'rule 1: in %s a tier set until %s falls at the minute of that midnight, not before',
  async (zone, on, before, at) => {
    const program = codeOf(zone);
    moving.goTo(before);
    await moving.judgeDue();
    const [id = ''] = await enroll(moving.app, [`until ${on}`], program);
    const override = {
      program,
      partner: `until ${on}`,
      tier: 'GOLD',
      firstOn: null,
      endsOn: day(on),
      reason: 'r',
      actor: 'a',
    };
    granted(await overrideTier(moving.app, override));
    expect(await moving.judgeDue()).toBe(0);
    const row = await moving.rowOf(id);
    expect([row.status.tier, await standsOn(moving.app, row)]).toEqual(['GOLD', day(on) - 1]);

    moving.goTo(at);
    // Until somebody judges it, it says that it is as of yesterday.
    expect(await standsOn(moving.app, row)).toBe(day(on) - 1);
    expect(await moving.judgeDue()).toBe(1);
    expect(await moving.rowOf(id)).toMatchObject({ status: { tier: 'BASE' }, judgedOn: day(on) });
    const yesterday = formatDay(day(on) - 1);
    expect(await moving.logOf(id)).toEqual([
      `${yesterday} PARTNER null ENTERED BASE since 2020-01-01`,
      `${yesterday} OVERRIDE BASE UP GOLD since ${yesterday}`,
      `${yesterday} OVERRIDE HoldStarted OVERRIDE until ${on}: GOLD, not BASE`,
      `${on} TIME GOLD DOWN BASE since ${on}`,
      `${on} TIME HoldEnded OVERRIDE OVER`,
    ]);
    expect(await findFaults(moving.app, program)).toEqual([]);
  },
);

test('rule 1: the same instant is another day in another programme, for facts and for what may be published', async () => {
  moving.goTo('2028-03-01T10:30:00Z');
  const [ahead, behind] = await Promise.all(
    ['pacific-kiritimati', 'pacific-pago-pago'].map(async (program) => {
      const [id = ''] = await enroll(moving.app, ['now'], program);
      await moving.record([revenue('r', 'now', '100', '2028-03-01')], program);
      return moving.rowOf(id);
    }),
  );
  expect([ahead?.judgedOn, ahead?.status.tier]).toEqual([day('2028-03-02'), 'SILVER']);
  // There the first of March has yet to come: the fact counts from its day.
  expect([behind?.judgedOn, behind?.status.tier]).toEqual([day('2028-02-29'), 'BASE']);
  expect(behind?.nextChangeOn).toBe(day('2028-03-01'));
  const text = "can't take effect before today";
  await expect(publish(moving.app, 'pacific-kiritimati', SMALL_RULEBOOK, '2028-03-01')).rejects.toThrow(text);
  await publish(moving.app, 'pacific-pago-pago', SMALL_RULEBOOK, '2028-03-01');
});

describe('month ends and leap days', () => {
  const trailing = (months: number) => ({
    ...SMALL_RULEBOOK,
    measures: {
      revenue: {
        ...SMALL_RULEBOOK.measures.revenue,
        metric: { ...SMALL_RULEBOOK.measures.revenue.metric, window: { trailing: { months } } },
      },
    },
    policy: { ...SMALL_RULEBOOK.policy, lock: { months: 1 } },
  });
  test.each([
    // On D the window is [D + 1 day minus a month, D + 1 day), its start clamped to the month's end.
    [1, '2027-01-31', '2027-02-28'],
    [1, '2027-01-28', '2027-02-28'],
    [1, '2028-01-31', '2028-02-29'],
    [1, '2028-02-29', '2028-03-31'],
    [1, '2027-02-28', '2027-03-31'],
    [12, '2028-02-29', '2029-02-28'],
    [12, '2027-02-28', '2028-02-29'],
    [3, '2027-11-30', '2028-02-29'],
    [3, '2027-11-29', '2028-02-29'],
  ])('rule 1: with %d trailing months, revenue of %s no longer counts on %s', async (months, on, lostOn) => {
    moving.goTo('2026-12-01');
    const program = `m-${months}-${on}`;
    await createSmallProgram(moving.app, program, 'Europe/Berlin');
    await publish(moving.app, program, { ...trailing(months), policy: SMALL_RULEBOOK.policy }, '2026-12-01');
    const [id = ''] = await enroll(moving.app, ['M'], program);
    await moving.record([revenue('r', 'M', '100', on)], program);
    const tiers = [day(on) - 1, day(on), day(lostOn) - 1, day(lostOn)].map(
      async (each) => (await moving.standing(id, formatDay(each))).status.tier,
    );
    expect(await Promise.all(tiers)).toEqual(['BASE', 'SILVER', 'SILVER', 'BASE']);
    expect((await moving.standing(id, on)).nextChangeOn).toBe(day(lostOn));
  });

  test('rule 18: a lock of a month from 31 January on ends with February', async () => {
    moving.goTo('2027-01-01');
    await createSmallProgram(moving.app, 'lock', 'Europe/Berlin');
    await publish(moving.app, 'lock', trailing(1), '2027-01-01');
    const [id = ''] = await enroll(moving.app, ['L'], 'lock');
    await moving.record(
      [revenue('up', 'L', '100', '2027-01-31'), revenue('back', 'L', '-100', '2027-02-01')],
      'lock',
    );
    moving.goTo('2027-03-02');
    await moving.judgeDue();
    expect((await moving.logOf(id)).slice(1)).toEqual([
      '2027-01-31 TIME BASE UP SILVER since 2027-01-31',
      '2027-02-01 TIME HoldStarted LOCK until 2027-02-28: SILVER, not BASE',
      '2027-02-28 TIME SILVER DOWN BASE since 2027-02-28',
      '2027-02-28 TIME HoldEnded LOCK OVER',
    ]);
  });
});
