import type { MeasureProof } from './standing.ts';

/** A metric, or a measure over items, whose facts are looked up together. */
type CountedProof = Extract<MeasureProof, { readonly type: 'METRIC' | 'OVER' }>;

/** The numbers counted from facts that a measure's proof rests on, each once however often it is used. */
export function countedBehind(measure: MeasureProof): readonly CountedProof[] {
  const metrics: CountedProof[] = [];
  const seen = new Set<MeasureProof>();
  const visit = (part: MeasureProof): void => {
    if (seen.has(part)) return;
    seen.add(part);
    if (part.type === 'METRIC' || part.type === 'OVER') metrics.push(part);
    if (part.type === 'CALCULATION') for (const each of part.parts) visit(each);
  };
  visit(measure);
  return metrics;
}
