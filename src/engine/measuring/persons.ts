import type { PersonGroup } from '../rulebook/metric.ts';
import type { Day, Days } from '../values/day.ts';
import { assign } from '../values/matching.ts';
import { type Candidate, includes, slotDays } from './contribution.ts';
import { daysOfChange, type Series, steps } from './series.ts';

/** Which persons fill which slot of a group, over all days: for each slot its persons, ascending. */
export function groupSeries(
  group: PersonGroup,
  certifications: readonly Candidate[],
): Series<readonly (readonly string[])[]> {
  const bySlot = group.slots.map((slot) =>
    certifications
      .flatMap((candidate) =>
        slotDays(candidate, slot.where).map((days) => ({ ...days, person: candidate.fact.person ?? '' })),
      )
      .sort((one, other) => (one.person < other.person ? -1 : one.person > other.person ? 1 : 0)),
  );
  return steps(daysOfChange(bySlot.flat()), (day) =>
    assignment(
      group,
      bySlot.map((runs) => personsOn(runs, day)),
    ),
  );
}

/** The smallest best assignment of qualified persons, ascending for each slot, to the slots of a group. */
export function assignment(
  group: PersonGroup,
  qualified: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  return assign(group.slots.map(({ count }, slot) => ({ count, qualified: qualified[slot] ?? [] })));
}

/** Sorted once for all days: `runs` come by person. */
function personsOn(runs: readonly (Days & { person: string })[], day: Day): readonly string[] {
  const persons: string[] = [];
  for (const run of runs) {
    if (includes(run, day) && persons.at(-1) !== run.person) persons.push(run.person);
  }
  return persons;
}
