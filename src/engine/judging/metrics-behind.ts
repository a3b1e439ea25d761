import type { MeasureProof } from './standing.ts';

/** The metrics that a measure's proof rests on, each once however often it is used. */
export function metricsBehind(
  measure: MeasureProof,
): readonly Extract<MeasureProof, { readonly type: 'METRIC' }>[] {
  const metrics: Extract<MeasureProof, { readonly type: 'METRIC' }>[] = [];
  const seen = new Set<MeasureProof>();
  const visit = (part: MeasureProof): void => {
    if (seen.has(part)) return;
    seen.add(part);
    if (part.type === 'METRIC') metrics.push(part);
    if (part.type === 'CALCULATION') for (const each of part.parts) visit(each);
  };
  visit(measure);
  return metrics;
}
