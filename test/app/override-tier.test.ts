import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeDue } from '../../src/app/judging/judge-due.ts';
import type { OpenApp } from '../../src/app/open-app.ts';
import { endOverride, overrideTier } from '../../src/app/writing/override-tier.ts';
import { formatDay } from '../../src/engine/values/day.ts';
import { readPartners } from '../../src/store/reading/read-partner.ts';
import { FULL_SCOPE } from '../../src/store/reading/read-scope.ts';
import { findFaults } from '../support/check-standings.ts';
import { createSmallProgram, day, enroll, granted } from '../support/fixtures.ts';
import { logOfPartner } from '../support/read-log.ts';
import { openTestApp } from '../support/test-app.ts';

let opened: OpenApp;
let now = Date.UTC(2026, 2, 1, 12);

beforeAll(async () => {
  opened = await openTestApp({ clock: () => now });
  await createSmallProgram(opened.app);
});
afterAll(() => opened.close());

async function changesOf(id: string): Promise<readonly string[]> {
  return (await logOfPartner(opened.app, id)).map(({ change: { on, trigger, detail } }) => {
    const what = detail.type === 'TierChanged' ? `${detail.from} ${detail.to}` : '';
    const hold =
      'hold' in detail ? `${detail.hold.reason} ${detail.hold.until && formatDay(detail.hold.until)}` : '';
    return `${formatDay(on)} ${trigger} ${detail.type} ${what}${hold}`.trim();
  });
}
async function statusOf(id: string) {
  return (await readPartners(FULL_SCOPE, opened.app.database.prisma, [id]))[0]?.status;
}

function set(partner: string, tier: string, firstOn: string | null, endsOn: string, reason = 'a promise') {
  return overrideTier(opened.app, {
    program: 'small',
    partner,
    tier,
    firstOn: firstOn === null ? null : day(firstOn),
    endsOn: day(endsOn),
    reason,
    actor: 'jo',
  });
}

test('rules 20 and 21: an override decides while it lasts, the computed tier stays beside it, and its end is an event', async () => {
  const [id = ''] = await enroll(opened.app, ['A']);
  granted(await set('A', 'GOLD', null, '2026-03-05'));
  expect(await statusOf(id)).toMatchObject({
    tier: 'GOLD',
    computedTier: 'BASE',
    holds: [{ reason: 'OVERRIDE', until: day('2026-03-05') }],
  });
  now = Date.UTC(2026, 2, 7, 12);
  await judgeDue(opened.app);
  expect(await statusOf(id)).toMatchObject({ tier: 'BASE', computedTier: 'BASE', holds: [] });
  expect(await changesOf(id)).toEqual([
    '2026-03-01 PARTNER TierChanged null BASE',
    '2026-03-01 OVERRIDE TierChanged BASE GOLD',
    '2026-03-01 OVERRIDE HoldStarted OVERRIDE 2026-03-05',
    '2026-03-05 TIME TierChanged GOLD BASE',
    '2026-03-05 TIME HoldEnded OVERRIDE 2026-03-05',
  ]);
  expect(await findFaults(opened.app, 'small')).toEqual([]);
});

test('rule 20: overrides begin no earlier than today, end after they begin, and do not overlap', async () => {
  await enroll(opened.app, ['B']);
  expect(await set('B', 'GOLD', '2026-03-06', '2026-04-01')).toMatchObject({ refused: 'INVALID_DAYS' });
  expect(await set('B', 'GOLD', '2026-03-10', '2026-03-10')).toMatchObject({ refused: 'INVALID_DAYS' });
  expect(await set('B', 'DIAMOND', null, '2026-04-01')).toMatchObject({ refused: 'UNKNOWN_TIER' });
  expect(await set('B', 'GOLD', null, '2026-04-01', ' ')).toMatchObject({
    refused: 'INVALID_INPUT',
    path: 'reason',
  });
  expect(await set('nobody', 'GOLD', null, '2026-04-01')).toMatchObject({ refused: 'PARTNER_NOT_FOUND' });
  granted(await set('B', 'GOLD', '2026-03-10', '2026-03-20'));
  expect(await set('B', 'SILVER', '2026-03-19', '2026-03-25')).toMatchObject({
    refused: 'OVERRIDES_OVERLAP',
  });
  expect(await set('B', 'SILVER', null, '2026-03-11')).toMatchObject({ refused: 'OVERRIDES_OVERLAP' });
  granted(await set('B', 'SILVER', '2026-03-20', '2026-03-25'));
  granted(await set('B', 'SILVER', null, '2026-03-10'));
});

test('an override can be ended early, and one that has not begun is taken back whole; again changes nothing', async () => {
  const [id = ''] = await enroll(opened.app, ['C']);
  const running = granted(await set('C', 'SILVER', null, '2026-03-20'));
  const coming = granted(await set('C', 'GOLD', '2026-04-01', '2026-05-01'));
  now = Date.UTC(2026, 2, 9, 12);
  const end = (override: string, on: string | null = null) =>
    endOverride(opened.app, { program: 'small', override, on: on === null ? null : day(on) });
  expect(await end(running.override.id, '2026-03-08')).toMatchObject({ refused: 'INVALID_DAYS' });
  expect(granted(await end(running.override.id)).override).toMatchObject({
    version: 2,
    endsOn: day('2026-03-09'),
  });
  expect(granted(await end(running.override.id)).changes).toEqual([]);
  expect(granted(await end(coming.override.id)).override).toMatchObject({
    firstOn: day('2026-04-01'),
    endsOn: day('2026-04-01'),
  });
  expect(await end('018f4c1e-0000-7000-8000-00000badcafe')).toMatchObject({ refused: 'OVERRIDE_NOT_FOUND' });
  expect(await statusOf(id)).toMatchObject({ tier: 'BASE', holds: [] });
  // Nothing is left that would change it.
  expect(
    await opened.app.database.prisma.partner.findUnique({ where: { id }, select: { nextChangeOn: true } }),
  ).toEqual({
    nextChangeOn: null,
  });
  expect(await findFaults(opened.app, 'small')).toEqual([]);
});
