import { planMembership } from '../../../src/engine/partner/membership-change.ts';
import { type EnteredData, resolveEntries } from '../../../src/engine/partner/resolve-entries.ts';
import type { PolicyInputs } from './policy-inputs.ts';
import type { MembershipCall, PolicyHistory } from './policy-reference.ts';

/**
 * A history as the engine takes it: without what was withdrawn, and with each call entered as it is by
 * `updatePartner`.
 */
export function caseOf(
  { published, enrolledOn, calls, overrides, start }: PolicyHistory,
  engine = { planMembership, resolveEntries },
): PolicyInputs {
  const valid = published.filter(({ withdrawn }) => !withdrawn);
  return {
    rulebooks: valid.map(({ rulebook }) => rulebook),
    computed: valid.map(({ computed }) => computed),
    enrolledOn,
    entries: engine.resolveEntries(enteredBy(enrolledOn, calls, engine)),
    overrides,
    start,
  };
}

/** What is recorded of an enrolment and of the calls that are not refused. */
export function enteredBy(
  enrolledOn: number,
  calls: readonly MembershipCall[],
  engine = { planMembership, resolveEntries },
): EnteredData[] {
  const name = { name: 'A', country: 'DE', region: 'EMEA', parentId: null };
  const entered: EnteredData[] = [
    { firstOn: enrolledOn, recordedAt: 0, data: { ...name, enrolledOn, leftOn: null } },
  ];
  for (const [index, { today, firstOn, ...days }] of calls.entries()) {
    const recordedAt = index + 1;
    if (firstOn !== null) {
      entered.push({ firstOn, recordedAt, data: days });
      continue;
    }
    const membership = engine.planMembership(engine.resolveEntries(entered), days, today);
    if (!('message' in membership)) entered.push({ firstOn: today, recordedAt, data: { membership } });
  }
  return entered;
}
