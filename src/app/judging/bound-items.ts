import { type Arrivals, findTooManyItems } from '../../engine/measuring/dimension-items.ts';
import type { Fact } from '../../engine/partner/fact.ts';
import { toName } from '../../engine/values/naming-text.ts';
import type { LockedPartner } from '../../store/writing/lock-partners.ts';
import type { LoadedInputs } from '../../store/writing/partner-inputs.ts';
import type { FactInput, RowRejection } from '../naming/fact-input.ts';

/** The new facts that a write brings, by partner id; null for a partner that gets none. */
export type ArrivalsOf = (partnerId: string) => Arrivals | null;

/** A new fact that brings a partner, or one above it, an item beyond those allowed of a field. */
export type Excess = { readonly fact: Fact; readonly field: string; readonly message: string };

/**
 * Thrown before partners are judged, if a forEach would have more items than allowed. The writing use case
 * refuses the rows that bring them.
 */
export class BeyondItems extends Error {
  readonly excesses: readonly Excess[];
  constructor(excesses: readonly Excess[]) {
    super('A partner would have more items than a forEach may have.');
    this.excesses = excesses;
  }
}

/** What a write brings beyond the items that these partners may have. */
export function findExcesses(
  partners: readonly LockedPartner[],
  cases: ReadonlyMap<string, LoadedInputs>,
  arrivalsOf: ArrivalsOf,
): readonly Excess[] {
  return partners.flatMap(({ id, externalRef }) => {
    const [known, arrivals] = [cases.get(id), arrivalsOf(id)];
    if (known === undefined || arrivals === null) return [];
    return findTooManyItems(known, arrivals).flatMap(({ field, items, allowed, arrived }) => {
      const message =
        `The partner ${JSON.stringify(externalRef)} would have ${items} different values of ${field}, for each of which a rulebook ` +
        `judges; ${allowed} are allowed.`;
      return arrived.map((fact) => ({ fact, field, message }));
    });
  });
}

/** The refusal of a row that brings such an item; `path` is the row's place in the input. */
export function rejectItem(
  { field, message }: Excess,
  input: Omit<FactInput, 'externalId'>,
  path: string,
): RowRejection {
  return { code: 'TOO_MANY_ITEMS', path: `${path}.${placeOf(field, input)}`, message };
}

/** Where a row says what a fact's field is. */
function placeOf(field: string, { detail }: Omit<FactInput, 'externalId'>): string {
  // The periods of a measure over items are those of the day.
  if (field.startsWith('occurredOn')) return 'occurredOn';
  const at = `detail.${detail.type}`;
  if (field === 'value') {
    const names = { revenue: 'amount', satisfaction: 'score', measurement: 'value', certification: 'value' };
    return `${at}.${names[detail.type]}`;
  }
  const attribute = field === 'region' ? field : field.replace(/^attributes\./, '');
  if (field !== 'region' && attribute === field) return `${at}.${field}`;
  const index = detail.attributes.findIndex(({ name }) => toName(name) === attribute);
  return `${at}.attributes${index < 0 ? '' : `[${index}].value`}`;
}
