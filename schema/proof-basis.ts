import { type KnownStanding, readEvidence } from '../src/app/read-standing.ts';
import type { Fact } from '../src/engine/fact.ts';
import { metricsBehind } from '../src/engine/metrics-behind.ts';
import type { Evidence, ExclusionReason, MeasureProof } from '../src/engine/standing.ts';
import { casesFor } from './cases.ts';
import type { Context } from './context.ts';
import type { RulebookSource } from './rulebook-source.ts';

/** What the parts of a proof have in common: whose it is, on which day, by which rulebook. */
export type ProofBasis = {
  readonly standing: Pick<KnownStanding, 'partnerId' | 'programId' | 'on' | 'knownAt'>;
  readonly source: RulebookSource;
  /** What was looked up already, by number. */
  readonly evidence: Map<string, Promise<Evidence>>;
};

/** Begins a proof by one rulebook. */
export function proofBasis(standing: ProofBasis['standing'], source: RulebookSource): ProofBasis {
  return { standing, source, evidence: new Map() };
}

type Place = { readonly path: string; readonly item: string | null; readonly dimension?: string | null };

/** The facts behind the number or group of persons at a place of the rulebook; looked up once a proof. */
export function evidenceAt(
  { standing, source, evidence }: ProofBasis,
  { path, item, dimension = null }: Place,
  context: Context,
): Promise<Evidence> {
  const key = JSON.stringify([path, item, dimension]);
  const known =
    evidence.get(key) ??
    readEvidence(
      context.app,
      standing,
      source.published.id,
      { path, item, dimension },
      casesFor(context),
    ).then((found) => withinScope(found, context));
  evidence.set(key, known);
  return known;
}

/**
 * Without the facts of partners that the viewer may not see: a family's number rests on whoever belonged to it on its day,
 * and a partner's rights do not reach those who are its affiliates no longer.
 */
async function withinScope({ counted, excluded }: Evidence, context: Context): Promise<Evidence> {
  if (context.scope.partner === null) return { counted, excluded };
  const facts = [...counted, ...excluded.map(({ fact }) => fact)];
  const ids = [...new Set(facts.map(({ partnerId }) => partnerId))];
  const rows = await Promise.all(ids.map((id) => context.partners.load(id)));
  const seen = new Set(rows.map((row) => row?.id));
  return {
    counted: counted.filter(({ partnerId }) => seen.has(partnerId)),
    excluded: excluded.filter(({ fact }) => seen.has(fact.partnerId)),
  };
}

/** The facts behind a measure: those that any metric in it counted, and those that none did, with the first one's reason. */
export async function evidenceBehind(
  basis: ProofBasis,
  measure: MeasureProof,
  context: Context,
): Promise<Evidence> {
  const all = await Promise.all(metricsBehind(measure).map((metric) => evidenceAt(basis, metric, context)));
  const counted = new Map<string, Fact>(all.flatMap((each) => each.counted.map((fact) => [fact.id, fact])));
  const excluded = new Map<string, { readonly fact: Fact; readonly reason: ExclusionReason }>();
  for (const exclusion of all.flatMap((each) => each.excluded)) {
    const { id } = exclusion.fact;
    if (!counted.has(id) && !excluded.has(id)) excluded.set(id, exclusion);
  }
  return { counted: [...counted.values()], excluded: [...excluded.values()] };
}
