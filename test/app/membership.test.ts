import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrollPartners } from '../../src/app/writing/enroll-partners.ts';
import { type UpdatePartner, updatePartner } from '../../src/app/writing/update-partner.ts';
import { findFaults } from '../support/check-standings.ts';
import { createSmallProgram, day, granted, revenue } from '../support/fixtures.ts';
import { type MovingApp, openMovingApp } from './support/moving-app.ts';

let moving: MovingApp;
beforeAll(async () => {
  moving = await openMovingApp('2026-03-01');
  await createSmallProgram(moving.app, 'members');
});
afterAll(() => moving.close());

function update(partner: string, change: Partial<UpdatePartner>) {
  return updatePartner(moving.app, { program: 'members', partner, firstOn: null, ...change });
}
async function enroll(externalRef: string, on: string): Promise<string> {
  const partner = { externalRef, name: externalRef, country: 'DE', region: 'DACH', parent: null };
  const partners = [{ ...partner, enrolledOn: day(on) }];
  const { outcomes } = granted(await enrollPartners(moving.app, { program: 'members', partners }));
  return outcomes.map((outcome) => granted(outcome).partnerId)[0] ?? '';
}
function tiersOn(id: string, days: readonly string[], knownAt: number | null = null) {
  return Promise.all(days.map(async (on) => (await moving.standing(id, on, knownAt)).status.tier));
}
async function known(id: string) {
  return (await moving.standing(id)).knownAt;
}
/** What is refused, at which part of the input. */
async function refusal(partner: string, change: Partial<UpdatePartner>) {
  const outcome = await update(partner, change);
  return 'refused' in outcome && 'path' in outcome ? [outcome.path, outcome.message] : outcome;
}

describe('rule 31: the end of a membership', () => {
  const summer = ['2026-04-30', '2026-05-01', '2026-05-31', '2026-06-01', '2026-07-01', '2026-11-23'];

  test('rule 31: leftOn of a day that is past ends the membership on that day, and is corrected both ways', async () => {
    moving.goTo('2026-03-01');
    const id = await enroll('END', '2026-02-01');
    moving.goTo('2026-11-23');
    await moving.judgeDue();
    const member = await known(id);

    moving.goTo('2026-11-23T13:00:00Z');
    granted(await update('END', { leftOn: day('2026-06-01') }));
    expect(await tiersOn(id, summer)).toEqual(['BASE', 'BASE', 'BASE', null, null, null]);
    const left = await known(id);

    moving.goTo('2026-11-23T14:00:00Z');
    granted(await update('END', { leftOn: day('2026-05-01') }));
    expect(await tiersOn(id, summer)).toEqual(['BASE', null, null, null, null, null]);

    moving.goTo('2026-11-23T15:00:00Z');
    granted(await update('END', { leftOn: day('2026-07-01') }));
    expect(await tiersOn(id, summer)).toEqual(['BASE', 'BASE', 'BASE', 'BASE', null, null]);
    expect(await moving.rowOf(id)).toMatchObject({
      enrolledOn: day('2026-02-01'),
      leftOn: day('2026-07-01'),
    });

    // What was believed before is still answered.
    expect(await tiersOn(id, summer, left)).toEqual(['BASE', 'BASE', 'BASE', null, null, null]);
    expect(await tiersOn(id, summer, member)).toEqual(Array(6).fill('BASE'));

    granted(await update('END', { leftOn: null }));
    expect(await tiersOn(id, summer)).toEqual(Array(6).fill('BASE'));
    expect(await moving.rowOf(id)).toMatchObject({ leftOn: null });
    expect(await moving.logOf(id)).toEqual([
      '2026-03-01 PARTNER null ENTERED BASE since 2026-02-01',
      '2026-11-23 PARTNER BASE LEFT null since 2026-06-01',
      '2026-11-23 PARTNER HistoryRevised 2026-06-01 2026-11-23',
      '2026-11-23 PARTNER HistoryRevised 2026-05-01 2026-06-01',
      '2026-11-23 PARTNER HistoryRevised 2026-05-01 2026-07-01',
      '2026-11-23 PARTNER null ENTERED BASE since 2026-02-01',
      '2026-11-23 PARTNER HistoryRevised 2026-07-01 2026-11-23',
    ]);
    expect(await findFaults(moving.app, 'members')).toEqual([]);
  });

  test('rule 31: what else the same call says is entered for today', async () => {
    moving.goTo('2026-11-24');
    const id = await enroll('ELSE', '2026-02-01');
    granted(await update('ELSE', { leftOn: day('2026-06-01'), region: 'APAC', name: 'Else & Co' }));
    expect(await moving.rowOf(id)).toMatchObject({
      region: 'APAC',
      name: 'Else & Co',
      leftOn: day('2026-06-01'),
    });
    const entries = await moving.app.database.prisma.partnerEntry.findMany({
      where: { partnerId: id },
      orderBy: { recordedAt: 'asc' },
    });
    expect(entries.map(({ data }) => data).at(-1)).toEqual({
      name: 'Else & Co',
      region: 'APAC',
      membership: { of: day('2026-02-01'), leftOn: day('2026-06-01') },
    });
    // The same again is no news.
    granted(await update('ELSE', { leftOn: day('2026-06-01') }));
    expect(await moving.app.database.prisma.partnerEntry.count({ where: { partnerId: id } })).toBe(2);
  });

  test('rule 31: an end on the first day leaves no day, and can be taken back', async () => {
    const id = await enroll('NEVER', '2026-02-01');
    granted(await update('NEVER', { leftOn: day('2026-02-01') }));
    expect(await tiersOn(id, ['2026-02-01', '2026-11-24'])).toEqual([null, null]);
    granted(await update('NEVER', { leftOn: null }));
    expect(await tiersOn(id, ['2026-01-31', '2026-02-01', '2026-11-24'])).toEqual([null, 'BASE', 'BASE']);
  });
});

describe('rule 31: the beginning of a membership', () => {
  test('rule 31: enrolledOn is corrected both ways, on all days, anniversaries with it', async () => {
    moving.goTo('2026-11-25');
    const id = await enroll('BEGIN', '2026-06-01');
    await moving.record([revenue('b1', 'BEGIN', '100', '2026-11-20')], 'members');
    const days = [
      '2026-03-31',
      '2026-04-01',
      '2026-05-31',
      '2026-06-01',
      '2026-07-31',
      '2026-08-01',
      '2026-11-25',
    ];
    const before = await known(id);
    moving.goTo('2026-11-25T13:00:00Z');
    granted(await update('BEGIN', { enrolledOn: day('2026-04-01') }));
    expect(await tiersOn(id, days)).toEqual([null, 'BASE', 'BASE', 'BASE', 'BASE', 'BASE', 'SILVER']);
    const early = await known(id);
    moving.goTo('2026-11-25T14:00:00Z');
    granted(await update('BEGIN', { enrolledOn: day('2026-08-01') }));
    expect(await tiersOn(id, days)).toEqual([null, null, null, null, null, 'BASE', 'SILVER']);
    expect(await moving.rowOf(id)).toMatchObject({ enrolledOn: day('2026-08-01') });
    expect(await tiersOn(id, days, early)).toEqual([null, 'BASE', 'BASE', 'BASE', 'BASE', 'BASE', 'SILVER']);
    expect(await tiersOn(id, days, before)).toEqual([null, null, null, 'BASE', 'BASE', 'BASE', 'SILVER']);
    expect((await moving.logOf(id)).slice(-2)).toEqual([
      '2026-11-25 PARTNER HistoryRevised 2026-04-01 2026-06-01',
      '2026-11-25 PARTNER HistoryRevised 2026-04-01 2026-08-01',
    ]);
    expect(await findFaults(moving.app, 'members')).toEqual([]);
  });

  test('rule 31: enrolledOn on or after the end begins a new membership, and is corrected by itself', async () => {
    moving.goTo('2026-11-26');
    const id = await enroll('AGAIN', '2026-02-01');
    granted(await update('AGAIN', { leftOn: day('2026-05-01') }));
    granted(await update('AGAIN', { enrolledOn: day('2026-09-01') }));
    const days = [
      '2026-02-01',
      '2026-04-30',
      '2026-05-01',
      '2026-07-31',
      '2026-08-01',
      '2026-09-01',
      '2026-11-26',
    ];
    expect(await tiersOn(id, days)).toEqual(['BASE', 'BASE', null, null, null, 'BASE', 'BASE']);
    granted(await update('AGAIN', { enrolledOn: day('2026-08-01') }));
    expect(await tiersOn(id, days)).toEqual(['BASE', 'BASE', null, null, 'BASE', 'BASE', 'BASE']);
    expect(await moving.rowOf(id)).toMatchObject({ enrolledOn: day('2026-08-01'), leftOn: null });
    // On the very day of the end it is a membership of its own, not the old one going on.
    granted(await update('AGAIN', { enrolledOn: day('2026-05-01') }));
    expect(await tiersOn(id, days)).toEqual(Array(7).fill('BASE'));
    expect(await refusal('AGAIN', { enrolledOn: day('2026-04-30') })).toEqual([
      'enrolledOn',
      'enrolledOn 2026-04-30 contradicts leftOn 2026-05-01 of the membership with enrolledOn 2026-02-01.',
    ]);
    expect(await findFaults(moving.app, 'members')).toEqual([]);
  });

  test('rule 31: a day of enrolment that was moved later in a membership does not outlast its end', async () => {
    const id = await enroll('MOVED', '2026-02-01');
    granted(await update('MOVED', { firstOn: day('2026-09-01'), enrolledOn: day('2026-08-01') }));
    granted(await update('MOVED', { leftOn: day('2026-05-01') }));
    expect(await tiersOn(id, ['2026-04-30', '2026-05-01', '2026-09-01'])).toEqual(['BASE', null, null]);
    expect(await moving.rowOf(id)).toMatchObject({
      enrolledOn: day('2026-02-01'),
      leftOn: day('2026-05-01'),
    });
  });

  test('rule 31: a membership to come is meant only if there is no other', async () => {
    const id = await enroll('COMING', '2027-02-01');
    granted(await update('COMING', { enrolledOn: day('2027-01-01'), leftOn: day('2027-03-01') }));
    expect(await tiersOn(id, ['2026-12-31', '2027-01-01', '2027-02-28', '2027-03-01'])).toEqual([
      null,
      'BASE',
      'BASE',
      null,
    ]);
    granted(await update('COMING', { enrolledOn: day('2026-11-01'), name: 'Here' }));
    expect(await moving.rowOf(id)).toMatchObject({ name: 'Here', status: { tier: 'BASE' } });
    granted(await update('COMING', { enrolledOn: day('2027-04-01') }));
    // Now one is running, so it is the one that is meant.
    granted(await update('COMING', { leftOn: day('2027-04-01') }));
    expect(await tiersOn(id, ['2027-03-31', '2027-04-01', '2028-01-01'])).toEqual(['BASE', 'BASE', 'BASE']);
    granted(await update('COMING', { leftOn: day('2026-12-01') }));
    expect(await tiersOn(id, ['2026-11-30', '2026-12-01', '2027-04-01'])).toEqual(['BASE', null, 'BASE']);
  });
});

describe('rule 31: what contradicts another entry', () => {
  test('rule 31: is refused with both named, and nothing is entered', async () => {
    const id = await enroll('CONTRA', '2026-02-01');
    expect(await refusal('CONTRA', { leftOn: day('2026-01-31') })).toEqual([
      'leftOn',
      'leftOn 2026-01-31 contradicts enrolledOn 2026-02-01.',
    ]);
    granted(await update('CONTRA', { leftOn: day('2026-12-24') }));
    granted(await update('CONTRA', { enrolledOn: day('2027-02-01') }));
    const count = () => moving.app.database.prisma.partnerEntry.count({ where: { partnerId: id } });
    const entered = await count();
    expect(await refusal('CONTRA', { leftOn: null })).toEqual([
      'leftOn',
      'having no leftOn contradicts enrolledOn 2027-02-01 of the membership that follows.',
    ]);
    expect(await refusal('CONTRA', { leftOn: day('2027-02-02') })).toEqual([
      'leftOn',
      'leftOn 2027-02-02 contradicts enrolledOn 2027-02-01 of the membership that follows.',
    ]);
    expect(await refusal('CONTRA', { enrolledOn: day('2027-01-01') })).toEqual([
      'enrolledOn',
      'having no leftOn contradicts enrolledOn 2027-02-01 of the membership that follows.',
    ]);
    expect(await refusal('CONTRA', { enrolledOn: day('2027-03-01') })).toEqual([
      'enrolledOn',
      'enrolledOn 2027-03-01 contradicts having no leftOn of the membership with enrolledOn 2027-02-01.',
    ]);
    expect(await refusal('CONTRA', { enrolledOn: day('2026-11-01'), leftOn: day('2026-10-01') })).toEqual([
      'leftOn',
      'leftOn 2026-10-01 contradicts enrolledOn 2026-11-01.',
    ]);
    expect(await refusal('CONTRA', { firstOn: day('2026-11-10'), leftOn: day('2026-11-01') })).toEqual([
      'leftOn',
      'leftOn 2026-11-01 contradicts enrolledOn 2026-02-01, by which the partner is a member until before firstOn ' +
        '2026-11-10. Leave firstOn out to enter it for the whole membership.',
    ]);
    expect(await count()).toBe(entered);
    granted(await update('CONTRA', { leftOn: day('2027-02-01') }));
    expect(await tiersOn(id, ['2027-01-31', '2027-02-01'])).toEqual(['BASE', 'BASE']);
    expect(await findFaults(moving.app, 'members')).toEqual([]);
  });
});
