import { expect } from 'vitest';
import type { App } from '../../../src/app/context/app.ts';
import type { Timeline } from '../../../src/engine/partner/status.ts';
import { statusOn } from '../../../src/engine/policy/timeline.ts';
import { formatDay } from '../../../src/engine/values/day.ts';
import { loadInputs } from '../../../src/store/writing/partner-inputs.ts';
import type { Step } from '../../engine/support/policy-inputs.ts';
import { referenceStatuses } from '../../engine/support/policy-reference.ts';
import { day } from '../../support/fixtures.ts';

function text(en: string) {
  return { en, de: en };
}
const everRevenue = {
  name: text('Revenue'),
  metric: { fact: 'revenue', aggregate: 'SUM', window: { allTime: true } },
};
function experts(count: number) {
  return {
    persons: [{ name: text('experts'), count, where: [{ field: 'credential', in: ['VIDEO'] }] }],
  };
}
function from(atLeast: string) {
  return { measure: everRevenue, atLeast };
}

/** Silver, Gold and Platinum from 100, 500 and 1,000 EUR ever made. */
export function byRevenue(policy: object = {}, others: object = {}) {
  return {
    format: 1,
    tiers: [
      { code: 'BASE', name: text('Base') },
      { code: 'SILVER', name: text('Silver'), requirement: from('100') },
      { code: 'GOLD', name: text('Gold'), requirement: from('500') },
      { code: 'PLATINUM', name: text('Platinum'), requirement: from('1000') },
    ],
    policy: { promotion: { mode: 'AT_ONCE' }, demotion: { mode: 'AT_ONCE', step: 'WHOLE' }, ...policy },
    ...others,
  };
}
/** Lower hurdles, but Gold and Platinum take experts as well. */
export function byExperts(others: object) {
  const document = byRevenue({ demotion: { mode: 'GRACE', grace: { days: 60 }, step: 'WHOLE' } }, others);
  const [base] = document.tiers;
  return {
    ...document,
    tiers: [
      base,
      { code: 'SILVER', name: text('Silver'), requirement: from('80') },
      { code: 'GOLD', name: text('Gold'), requirement: { allOf: [from('400'), experts(2)] } },
      { code: 'PLATINUM', name: text('Platinum'), requirement: { allOf: [from('800'), experts(3)] } },
    ],
  };
}

/**
 * Holds the stored timeline against policy folded day by day, by code of its own, over computed tiers written
 * down by hand.
 */
export async function expectReference(
  app: App,
  code: string,
  id: string,
  steps: readonly (readonly (readonly [from: string, rank: number])[])[],
  first: string,
  last: string,
) {
  const program = (await app.catalogue.current()).byCode.get(code);
  if (program === undefined) throw new Error('the programme is there');
  const known = (await loadInputs(app.database.prisma, program, [id])).get(id);
  if (known === undefined) throw new Error('the partner is there');
  const [row] = await app.database.prisma.$queryRaw<{ timeline: Timeline }[]>`
    SELECT timeline FROM partner WHERE id = ${id}::uuid`;
  if (row === undefined) throw new Error('the partner is there');
  const { rulebooks, entries, overrides } = known;
  const published = rulebooks.map((rulebook, index) => {
    const computed = (steps[index] ?? []).map(([on, rank]): Step => ({ from: day(on), rank }));
    return { rulebook, withdrawn: false, computed };
  });
  const enrolledOn = entries[0]?.enrolledOn ?? 0;
  // The reference is followed beyond the last day compared, so that the ends of holds are known to it.
  const expected = referenceStatuses(
    { published, enrolledOn, calls: [], overrides, start: null },
    enrolledOn,
    day(last) + 800,
  );
  for (let on = day(first); on <= day(last); on += 1) {
    const status = expected[on - enrolledOn];
    expect([formatDay(on), statusOn(row.timeline, on)]).toEqual([formatDay(on), status]);
  }
}
