/**
 * Assigns different persons to places so that as many places as possible are filled. `qualified` names for each place the
 * persons that may take it, ascending. Of all such assignments it is the smallest one by person: the first place has the least
 * person it can have, then the second, and so on; an empty place comes after every person.
 */
export function assign(qualified: readonly (readonly string[])[]): readonly (string | null)[] {
  const personAt: (string | null)[] = qualified.map(() => null);
  const placeOf = new Map<string, number>();
  const put = (person: string, place: number): void => {
    personAt[place] = person;
    placeOf.set(person, place);
  };

  /** Finds a person for the place, moving those at later places than `settled` if need be. */
  const fill = (place: number, settled: number, tried: Set<string>): boolean => {
    for (const person of qualified[place] ?? []) {
      if (tried.has(person)) continue;
      tried.add(person);
      const taken = placeOf.get(person);
      if (taken !== undefined && taken <= settled) continue;
      if (taken === undefined || fill(taken, settled, tried)) {
        put(person, place);
        return true;
      }
    }
    return false;
  };
  for (const place of qualified.keys()) fill(place, -1, new Set());

  for (const [place, persons] of qualified.entries()) {
    for (const person of persons) {
      const before = personAt[place] ?? null;
      if (before === person) break;
      const taken = placeOf.get(person);
      if (taken !== undefined && taken < place) continue;
      if (before !== null) placeOf.delete(before);
      put(person, place);
      if (taken === undefined) break;
      personAt[taken] = null;
      // A place that was empty leaves as many empty; otherwise one of the later empty places has to be filled again.
      const refilled = (at: number): boolean => personAt[at] === null && fill(at, place, new Set());
      if (before === null || personAt.keys().some((at) => at > place && refilled(at))) break;
      put(person, taken);
      put(before, place);
    }
  }
  return personAt;
}
