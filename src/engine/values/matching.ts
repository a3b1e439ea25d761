/** So many places of one kind, and the persons that may take one, ascending. */
export type Slot = { readonly count: number; readonly qualified: readonly string[] };

/**
 * Assigns different persons to the places of slots so that as many places as possible are filled; names for
 * each slot its persons, ascending. Of all such assignments it is the smallest one by person: the first place
 * has the least person it can have, then the second, and so on; an empty place comes after every person.
 *
 * Persons are moved along paths between slots, never between places: there are few slots, and whether a path
 * exists is known without looking at persons.
 */
export function assign(slots: readonly Slot[]): readonly (readonly string[])[] {
  const exchange = createExchange(slots);
  for (const slot of slots.keys()) exchange.fill(slot);
  return slots.map(({ qualified }, slot) => {
    const settled: string[] = [];
    // A person that cannot be assigned at its turn cannot be assigned later either, so persons are visited
    // once, in order.
    for (const person of qualified) {
      if (settled.length === slots[slot]?.count) break;
      if (exchange.settle(person, slot)) settled.push(person);
    }
    return settled;
  });
}

/** Where a person is that keeps its place. */
const SETTLED = -1;

type Person = { readonly slots: readonly number[]; at: number };

function createExchange(slots: readonly Slot[]) {
  /** Where the persons are that have no place: a slot with room for all. */
  const outside = slots.length;
  const width = slots.length + 1;
  const slotsOf = new Map<string, number[]>();
  for (const [slot, { qualified }] of slots.entries()) {
    for (const name of qualified) {
      const known = slotsOf.get(name);
      if (known === undefined) slotsOf.set(name, [slot]);
      else known.push(slot);
    }
  }
  const persons = new Map<string, Person>();
  /** Those of each slot that are not settled. */
  const members = Array.from({ length: width }, () => new Set<Person>());
  /** How many of these might move from one slot to another. */
  const movable = new Int32Array(width * width);
  const room = [...slots.map(({ count }) => count), Number.POSITIVE_INFINITY];
  for (const [name, of] of slotsOf) {
    const person = { slots: of, at: outside };
    persons.set(name, person);
    enter(person, outside);
  }

  function enter(person: Person, slot: number): void {
    person.at = slot;
    members[slot]?.add(person);
    for (const other of person.slots) movable[slot * width + other] = mobility(slot, other) + 1;
  }
  function leave(person: Person): void {
    members[person.at]?.delete(person);
    for (const other of person.slots) movable[person.at * width + other] = mobility(person.at, other) - 1;
  }
  function mobility(from: number, to: number): number {
    return movable[from * width + to] ?? 0;
  }
  function vacancies(slot: number): number {
    return room[slot] ?? 0;
  }
  function move(person: Person, to: number): void {
    room[person.at] = vacancies(person.at) + 1;
    leave(person);
    enter(person, to);
    room[to] = vacancies(to) - 1;
  }

  /**
   * The slots on the shortest way by which persons can move on from one of `sources` to where there is room;
   * only slots after `after`.
   */
  function path(sources: readonly number[], after: number, isGoal: (slot: number) => boolean) {
    const before = new Map<number, number | null>(sources.map((source) => [source, null]));
    for (const from of before.keys()) {
      for (let to = after + 1; to < outside; to++) {
        if (before.has(to) || mobility(from, to) === 0) continue;
        before.set(to, from);
        if (!isGoal(to)) continue;
        const way = [to];
        for (let at = before.get(to) ?? null; at !== null; at = before.get(at) ?? null) way.push(at);
        return way;
      }
    }
    return null;
  }
  /**
   * Moves one person along each step of the way, the last step first; each arrives where the one before has
   * left.
   */
  function moveAlong(way: readonly number[]): void {
    for (const [index, to] of way.entries()) {
      const from = way[index + 1];
      if (from === undefined) return;
      const mover = members[from]?.values().find((person) => person.slots.includes(to));
      if (mover === undefined) throw new Error('a path has a person for each of its steps');
      move(mover, to);
    }
  }

  /** From which slots the present one can have no person, until one moves. */
  const refusing = new Set<number>();
  let present = -1;

  return {
    /** Gives the slot as many persons as it can have without taking one from another slot for good. */
    fill(slot: number): void {
      for (const name of slots[slot]?.qualified ?? []) {
        const person = persons.get(name);
        if (person?.at === outside && vacancies(slot) > 0) move(person, slot);
      }
      while (vacancies(slot) > 0) {
        const way = path([outside], -1, (to) => to === slot);
        if (way === null) return;
        moveAlong(way);
      }
    },

    /**
     * Gives the person a place of the slot for good, if as many places stay filled; the slots before it are
     * settled.
     */
    settle(name: string, slot: number): boolean {
      if (present !== slot) refusing.clear();
      present = slot;
      const person = persons.get(name);
      if (person === undefined || person.at === SETTLED || refusing.has(person.at)) return false;
      const { at } = person;
      let expelled = at === outside;
      let way: readonly number[] | null = null;
      if (at !== slot && at !== outside && vacancies(slot) === 0) {
        way = path([slot, outside], slot, (to) => to === at || vacancies(to) > 0);
        if (way === null) {
          refusing.add(at);
          return false;
        }
        expelled = way.at(-1) === outside;
      }
      leave(person);
      person.at = SETTLED;
      if (at === slot) return true;
      refusing.clear();
      room[at] = vacancies(at) + 1;
      if (way !== null) moveAlong(way);
      const other = expelled ? members[slot]?.values().next().value : undefined;
      if (other !== undefined) move(other, outside);
      room[slot] = vacancies(slot) - 1;
      return true;
    },
  };
}
