import { type KnownStanding, readEvidence, remeasure } from '../../src/app/reading/read-standing.ts';
import { countedBehind } from '../../src/engine/judging/counted-behind.ts';
import type {
  Evidence,
  ExclusionReason,
  MeasureProof,
  RequirementProof,
} from '../../src/engine/judging/standing.ts';
import type { Fact } from '../../src/engine/partner/fact.ts';
import type { Context } from '../base/context.ts';
import type { RulebookSource } from '../base/rulebook-source.ts';
import { casesInScope, inputsFor } from './inputs.ts';
import { createProofReader, PLAIN_READER, type ProofPlace, type ProofReader } from './shown-proof.ts';

type Judged = Pick<KnownStanding, 'partnerId' | 'programId' | 'on' | 'knownAt'>;

/**
 * What the parts of a proof have in common: whose it is, on which day, by which rulebook, and what of it the
 * viewer may be told.
 */
export type ProofBasis = {
  readonly standing: Judged;
  readonly source: RulebookSource;
  readonly reader: ProofReader;
  /** What was looked up already, by number. */
  readonly evidence: Map<string, Promise<Evidence>>;
};

/** A requirement's proof as the viewer may be told it, within the proof it is part of. */
export type ProofSource = { readonly basis: ProofBasis; readonly proof: RequirementProof };

/** Begins a proof by one rulebook. What it says goes to the viewer through `shownIn` only. */
export async function proofBasis(
  context: Context,
  standing: Judged,
  source: RulebookSource,
): Promise<ProofBasis> {
  return { standing, source, reader: await readerFor(context, standing, source), evidence: new Map() };
}

/** A part of the proof as the viewer may be told it. */
export function shownIn(basis: ProofBasis, proof: RequirementProof): ProofSource {
  return { basis, proof: basis.reader.show(proof) };
}

/** Parts of the proof as the viewer may be told them. */
export function allShownIn(basis: ProofBasis, proofs: readonly RequirementProof[]): readonly ProofSource[] {
  return basis.reader.showAll(proofs).map((proof) => ({ basis, proof }));
}

async function readerFor(context: Context, standing: Judged, source: RulebookSource): Promise<ProofReader> {
  if (context.scope.partner === null) return PLAIN_READER;
  const { rulebook, id } = source.published;
  const { forEachs, scope } = rulebook;
  const hasNames = forEachs.length > 0 || scope.groups.size > 0 || scope.overs.size > 0;
  if (!hasNames || !source.program.countsFamilies) return createProofReader({ rulebook, visible: null });
  const cases = casesInScope(context);
  const [all, seen] = await Promise.all([inputsFor(context).find(standing), cases.find(standing)]);
  const visible = all === seen ? null : await remeasure(context.app, standing, id, cases);
  return createProofReader({ rulebook, visible });
}

/**
 * The facts behind the number or group of persons at a place of the rulebook, as far as they are in scope;
 * looked up once a proof.
 */
export function evidenceAt(
  { standing, source, evidence }: ProofBasis,
  { path, item, dimension = null, within = null }: ProofPlace,
  context: Context,
): Promise<Evidence> {
  const key = JSON.stringify([path, item, dimension, within]);
  const known =
    evidence.get(key) ??
    readEvidence(
      context.app,
      standing,
      source.published.id,
      { path, item, dimension, within },
      casesInScope(context),
    );
  evidence.set(key, known);
  return known;
}

/**
 * The facts behind a measure: those that any metric in it counted, and those that none did, with the first
 * one's reason.
 */
export async function evidenceBehind(
  basis: ProofBasis,
  measure: MeasureProof,
  context: Context,
): Promise<Evidence> {
  const places = countedBehind(measure).map((metric) => basis.reader.placeOf(metric));
  const all = await Promise.all(places.map((place) => evidenceAt(basis, place, context)));
  const counted = new Map<string, Fact>(all.flatMap((each) => each.counted.map((fact) => [fact.id, fact])));
  const excluded = new Map<string, { readonly fact: Fact; readonly reason: ExclusionReason }>();
  for (const exclusion of all.flatMap((each) => each.excluded)) {
    const { id } = exclusion.fact;
    if (!counted.has(id) && !excluded.has(id)) excluded.set(id, exclusion);
  }
  return { counted: [...counted.values()], excluded: [...excluded.values()] };
}
