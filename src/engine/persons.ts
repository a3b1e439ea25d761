import { type Candidate, type Days, includes, slotDays } from './contribution.ts';
import type { Day } from './day.ts';
import { assign } from './matching.ts';
import type { PersonGroup } from './metric.ts';
import { daysOfChange, type Series, steps } from './series.ts';

/** Which persons fill which slot of a group, over all days: for each slot its persons, ascending. */
export function groupSeries(
  group: PersonGroup,
  certifications: readonly Candidate[],
): Series<readonly (readonly string[])[]> {
  const bySlot = group.slots.map((slot) =>
    certifications.flatMap((candidate) =>
      slotDays(candidate, slot.where).map((days) => ({ ...days, person: candidate.fact.person ?? '' })),
    ),
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
  const places = group.slots.flatMap(({ count }, slot) => Array.from({ length: count }, () => slot));
  const persons = assign(places.map((slot) => qualified[slot] ?? []));
  return group.slots.map((_, slot) =>
    persons
      .filter((person, place) => person !== null && places[place] === slot)
      .filter((each) => each !== null)
      .sort(),
  );
}

function personsOn(runs: readonly (Days & { person: string })[], day: Day): readonly string[] {
  return [...new Set(runs.filter((run) => includes(run, day)).map(({ person }) => person))].sort();
}
