import type { Within } from '../../src/engine/judging/evaluation.ts';
import type { MeasureProof, RequirementProof } from '../../src/engine/judging/standing.ts';
import { dimensionText } from '../../src/engine/measuring/item-of.ts';
import type { Measurements, Readings } from '../../src/engine/measuring/measurements.ts';
import { factTypeOf } from '../../src/engine/rulebook/fact-type.ts';
import { withOvers } from '../../src/engine/rulebook/measuring-scope.ts';
import type { MeasuringScope, Rulebook } from '../../src/engine/rulebook/rulebook.ts';

/** The fields by which it can be told who answered a survey. */
const WHO_ANSWERED: ReadonlySet<string> = new Set(['customer', 'respondent']);

/** Whether a field says who answered, and something that they answered is measured for each value of it. */
function tellsWhoAnswered(field: string, measured: readonly MeasuringScope[]): boolean {
  return (
    WHO_ANSWERED.has(field) &&
    measured.some(({ metrics }) =>
      [...metrics.keys()].some(({ kind }) => factTypeOf(kind) === 'satisfaction'),
    )
  );
}

/** The mask for an item or a person that a viewer may not see. */
const MASK = '…';

/** Where the names of a proof come from for a viewer that may not see all of them. */
export type Names = {
  readonly rulebook: Rulebook;
  /**
   * What the facts that the viewer may see would come to by themselves; null where all of them are the
   * viewer's to see.
   */
  readonly visible: Measurements | null;
};

/**
 * Where in the document a part of a proof belongs, by which its evidence is looked up: with the item's own
 * name.
 */
export type ProofPlace = {
  readonly path: string;
  readonly item: string | null;
  readonly dimension?: string | null;
  readonly within?: Within | null;
};

/**
 * Turns proofs into what a viewer may see of them. All numbers stay. Only names that the facts in its scope
 * would yield by themselves remain, so that facts out of scope cannot decide what is named.
 */
export type ProofReader = {
  show(proof: RequirementProof): RequirementProof;
  /**
   * The same for a list of parts. Masked items come last, since their places would otherwise reveal between
   * which names theirs lie.
   */
  showAll(proofs: readonly RequirementProof[]): readonly RequirementProof[];
  placeOf(shown: RequirementProof | MeasureProof): ProofPlace;
};

/** A requirement's place, and the dimension of the item that it is judged for. */
type Part = Pick<RequirementProof, 'path' | 'dimension'>;

/** The requirement that a number stands in, and the items that it is shown for. */
type Around = {
  readonly part: RequirementProof;
  readonly item: string | null;
  readonly within: Within | null;
};

type OverProof = Extract<MeasureProof, { readonly type: 'OVER' }>;

/** For a viewer that may be told every name. */
export const PLAIN_READER: ProofReader = {
  show: (proof) => proof,
  showAll: (proofs) => proofs,
  placeOf: (proof) => proof,
};

/**
 * Makes a reader for a viewer that may be told these names. Each part is turned once, however often a
 * rulebook uses it.
 */
export function createProofReader({ rulebook, visible }: Names): ProofReader {
  const known = new Map<RequirementProof, RequirementProof>();
  const places = new Map<RequirementProof | MeasureProof, ProofPlace>();

  /** What has a name of its own lies within no forEach of the document; there the dimension tells which. */
  const forEachAround = ({ path, dimension }: Part): number => {
    const around = rulebook.forEachs.findIndex(
      ({ forEach }) => path === forEach.path || path.startsWith(`${forEach.path}/`),
    );
    return around >= 0
      ? around
      : rulebook.forEachs.findIndex(({ forEach }) => forEach.dimension === dimension);
  };
  /**
   * What the visible facts come to where a requirement is judged; undefined where they know of no such item.
   */
  const readingsAt = (part: Part, item: string | null): Readings | undefined => {
    if (item === null) return visible ?? undefined;
    return visible?.items[forEachAround(part)]?.find((each) => each.item === item);
  };
  const itemAt = (part: Part, item: string | null): string | null => {
    if (item === null) return null;
    const around = rulebook.forEachs[forEachAround(part)];
    if (around === undefined || tellsWhoAnswered(around.forEach.dimension, withOvers(around.scope)))
      return MASK;
    return visible === null || readingsAt(part, item) !== undefined ? item : MASK;
  };
  /** The persons that the visible facts would put into each slot, as many as there are in all. */
  const slotsAt = (part: RequirementProof & { readonly type: 'PERSONS' }) => {
    const { path, item, slots } = part;
    if (visible === null) return slots;
    const scope = item === null ? rulebook.scope : rulebook.forEachs[forEachAround(part)]?.scope;
    const index = [...(scope?.groups.keys() ?? [])].findIndex((group) => group.path === path);
    const own = readingsAt(part, item)?.persons[index] ?? [];
    return slots.map((slot, at) => ({
      ...slot,
      persons: slot.persons.map((_, place) => own[at]?.[place] ?? MASK),
    }));
  };

  const measures = new Map<MeasureProof, MeasureProof>();
  const showMeasure = (measure: MeasureProof, around: Around): MeasureProof => {
    const before = measures.get(measure);
    if (before !== undefined) return before;
    const shown = turnMeasure(measure, around);
    measures.set(measure, shown);
    places.set(shown, measure);
    return shown;
  };
  const turnMeasure = (measure: MeasureProof, around: Around): MeasureProof => {
    const common = { item: around.item, within: around.within };
    switch (measure.type) {
      case 'CALCULATION':
        return { ...measure, ...common, parts: measure.parts.map((part) => showMeasure(part, around)) };
      case 'OVER': {
        const items = measure.items.map((each) => {
          const item = itemOfOver(measure, each.item, around) ? each.item : MASK;
          const within = { dimension: dimensionText(measure.itemsOf), item };
          return { ...each, item, number: showMeasure(each.number, { ...around, within }) };
        });
        return { ...measure, ...common, items: items.sort(maskedLast) };
      }
      case 'METRIC':
      case 'CONSTANT':
        return { ...measure, ...common };
    }
  };
  /** Whether the viewer may be told of an item of a measure over items. */
  const itemOfOver = ({ path, itemsOf }: OverProof, item: string, { part }: Around): boolean => {
    const scope = part.item === null ? rulebook.scope : rulebook.forEachs[forEachAround(part)]?.scope;
    const overs = [...(scope?.overs.keys() ?? [])];
    const index = overs.findIndex((over) => over.path === path);
    const measured = scope === undefined ? [] : [scope, ...overs.map((over) => over.scope)];
    if (itemsOf.type === 'FIELD' && tellsWhoAnswered(itemsOf.field, measured)) return false;
    if (visible === null) return true;
    return readingsAt(part, part.item)?.overs?.[index]?.some((each) => each.item === item) ?? false;
  };
  const turn = (proof: RequirementProof): RequirementProof => {
    const item = itemAt(proof, proof.item);
    switch (proof.type) {
      case 'THRESHOLD':
        return { ...proof, item, actual: showMeasure(proof.actual, { part: proof, item, within: null }) };
      case 'COMPOSITE':
        return { ...proof, item, parts: proof.parts.map((part) => ({ ...part, proof: show(part.proof) })) };
      case 'SPECIALIZATION':
      case 'NAMED':
        return { ...proof, item, proof: show(proof.proof) };
      case 'HELD':
        return { ...proof, item };
      case 'PERSONS':
        return { ...proof, item, slots: slotsAt(proof) };
      case 'FOR_EACH': {
        const items = proof.items.map((each) => ({
          item: itemAt(proof, each.item) ?? each.item,
          where: show(each.where),
          proof: show(each.proof),
        }));
        return { ...proof, item, items: items.sort(maskedLast) };
      }
    }
  };
  const show = (proof: RequirementProof): RequirementProof => {
    const shown = known.get(proof) ?? turn(proof);
    known.set(proof, shown);
    places.set(shown, proof);
    return shown;
  };
  const showAll = (proofs: readonly RequirementProof[]): readonly RequirementProof[] => {
    const ofForEach = Map.groupBy(proofs.map(show), (proof) =>
      proof.item === null ? proof : forEachAround(proof),
    );
    return [...ofForEach.values()].flatMap((parts) => parts.sort(maskedLast));
  };
  return { show, showAll, placeOf: (shown) => places.get(shown) ?? shown };
}

function maskedLast(a: { readonly item: string | null }, b: { readonly item: string | null }): number {
  return Number(a.item === MASK) - Number(b.item === MASK);
}
