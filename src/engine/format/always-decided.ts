import type { Measure } from '../rulebook/rulebook.ts';

/** Whether there is no partner for which the data leave the measure open. */
export function isAlwaysDecided(measure: Measure, known: Map<Measure, boolean>): boolean {
  const before = known.get(measure);
  if (before !== undefined) return before;
  const decided = measure.otherwise !== null || isDecidedByForm(measure, known);
  known.set(measure, decided);
  return decided;
}

function isDecidedByForm(measure: Measure, known: Map<Measure, boolean>): boolean {
  switch (measure.type) {
    case 'CONSTANT':
      return true;
    case 'METRIC': {
      const { aggregate, by } = measure.metric;
      return ['SUM', 'COUNT', 'DISTINCT'].includes(aggregate) || (aggregate === 'LATEST' && by.length > 0);
    }
    case 'RATIO':
      return false;
    case 'OVER': {
      const isAdded = measure.aggregate === 'COUNT' || measure.aggregate === 'SUM';
      return isAdded && isAlwaysDecided(measure.of, known);
    }
    case 'SUM':
    case 'MINIMUM':
    case 'MAXIMUM':
    case 'POINTS':
    case 'TIMES':
    case 'CAPPED_TOTAL':
    case 'LARGEST_SHARE':
      return measure.parts.every((part) => isAlwaysDecided(part, known));
  }
}
