import { isAlwaysDecided } from '../format/always-decided.ts';
import { isUpwards } from '../judging/shortfall.ts';
import type { Metric } from '../rulebook/metric.ts';
import type { Measure, NamedRequirement, OverMeasure, Requirement, Rulebook } from '../rulebook/rulebook.ts';
import { compare, ZERO } from '../values/fraction.ts';
import type { ProgramSettings } from '../values/program.ts';
import { unreachable } from '../values/unreachable.ts';
import type { Warning } from './warning.ts';

/**
 * Where a number goes with more facts, each with a value of 0 or more: it never falls, never rises, never
 * moves, or may do either.
 */
type Direction = 'RISING' | 'FALLING' | 'CONSTANT' | 'EITHER';

/**
 * The parts by which more facts may lower the computed tier. Without any they never do: as long as no new
 * fact has a value below 0.
 */
export function findLowering(rulebook: Rulebook, program: ProgramSettings): readonly Warning[] {
  const found = new Map<string, Warning>();
  const known = new Map<Measure, Direction>();
  const decided = new Map<Measure, boolean>();
  const seen = new Set<NamedRequirement | string>();
  const specializations = new Map(
    rulebook.specializations.map(({ code, requirement }) => [code, requirement]),
  );

  for (const { requirement, retain, forfeit } of rulebook.tiers) {
    if (requirement !== null) visit(requirement);
    if (retain !== null) note(retain.path, 'What keeps a tier depends on the tier that was held before.');
    if (forfeit !== null) note(forfeit.path, 'More facts may forfeit the tier.');
  }
  return [...found.values()];

  function note(path: string, message: string): void {
    if (!found.has(path)) found.set(path, { code: 'MORE_MAY_LOWER', path, message });
  }

  function visit(requirement: Requirement): void {
    if (requirement.otherwise === 'MET') {
      note(requirement.path, 'Without data this is met, and more facts may decide otherwise.');
    }
    switch (requirement.type) {
      case 'THRESHOLD': {
        const direction = directionOf(requirement.measure);
        const isRising = isUpwards(requirement.comparison);
        if (direction === (isRising ? 'FALLING' : 'RISING')) {
          const message = isRising
            ? 'This number falls with more facts.'
            : 'This number rises with more facts, and has an upper bound.';
          note(requirement.path, message);
        }
        return;
      }
      case 'COMPOSITE':
        for (const part of requirement.parts) visit(part.requirement);
        return;
      case 'NAMED':
        if (seen.has(requirement.named)) return;
        seen.add(requirement.named);
        visit(requirement.named.requirement);
        return;
      case 'SPECIALIZATION': {
        const asked = specializations.get(requirement.specialization);
        if (asked === undefined || seen.has(requirement.specialization)) return;
        seen.add(requirement.specialization);
        visit(asked);
        return;
      }
      case 'FOR_EACH':
        visit(requirement.where);
        visit(requirement.body);
        if (requirement.quantifier.rule === 'ALL') {
          note(requirement.path, 'More facts may make another item, which has to meet the condition too.');
        }
        return;
      case 'HELD':
        note(requirement.path, 'This depends on the tiers that were held before.');
        return;
      case 'PERSONS':
        return;
      default:
        unreachable(requirement);
    }
  }

  function directionOf(measure: Measure): Direction {
    const before = known.get(measure);
    if (before !== undefined) return before;
    const direction = measure.otherwise === null ? directionByData(measure) : directionWithOtherwise(measure);
    known.set(measure, direction);
    return direction;
  }

  function directionWithOtherwise(measure: Measure): Direction {
    const direction = directionByData(measure);
    if (direction === 'EITHER' || isAlwaysDecided({ ...measure, otherwise: null }, decided)) return direction;
    note(measure.path, 'The number that stands for no data may be another one than the data come to.');
    return 'EITHER';
  }

  function directionByData(measure: Measure): Direction {
    switch (measure.type) {
      case 'METRIC':
        return directionOfMetric(measure.metric, measure.path);
      case 'CONSTANT':
        return 'CONSTANT';
      case 'OVER':
        return directionOfOver(measure);
      case 'SUM':
      case 'MINIMUM':
      case 'MAXIMUM':
      case 'CAPPED_TOTAL':
        return together(measure.parts.map(directionOf), measure.path);
      case 'POINTS':
        // A higher step gives more points, or the document is refused.
        return directionOf(measure.parts[0]);
      case 'TIMES': {
        const direction = directionOf(measure.parts[0]);
        if (compare(measure.factor, ZERO) >= 0) return direction;
        return direction === 'RISING' ? 'FALLING' : direction === 'FALLING' ? 'RISING' : direction;
      }
      case 'RATIO': {
        const [of, to] = measure.parts.map(directionOf);
        if (of === 'CONSTANT' && to === 'CONSTANT') return 'CONSTANT';
        if (to === 'CONSTANT' && of === 'RISING' && isPositive(measure.parts[1])) return 'RISING';
        return either(measure.path, 'A ratio falls where what it is divided by grows.');
      }
      case 'LARGEST_SHARE':
        return either(measure.path, 'A share falls where the others grow.');
    }
  }

  function directionOfMetric({ kind, aggregate, perRespondent, by }: Metric, path: string): Direction {
    const isBelowZero = kind === 'satisfaction' && compare(program.satisfactionScale.minimum, ZERO) < 0;
    switch (aggregate) {
      case 'COUNT':
      case 'DISTINCT':
        return 'RISING';
      case 'SUM':
        if (isBelowZero) return either(path, 'An answer may be below 0.');
        return perRespondent === null
          ? 'RISING'
          : either(path, 'A later answer of a respondent takes the place of an earlier one.');
      case 'MAXIMUM':
        return perRespondent === null
          ? 'RISING'
          : either(path, 'A later answer of a respondent takes the place of an earlier one.');
      case 'AVERAGE':
      case 'MEDIAN':
      case 'MINIMUM':
        return either(path, `The ${aggregate.toLowerCase()} falls with a fact of a lower value.`);
      case 'LATEST': {
        const whose = by.length > 0 ? ' of a key' : '';
        return either(path, `The latest value${whose} may be lower than the one before.`);
      }
    }
  }

  function directionOfOver(over: OverMeasure): Direction {
    const { of, where, aggregate, path } = over;
    const direction = directionOf(of);
    if (aggregate === 'AVERAGE' || aggregate === 'MEDIAN' || aggregate === 'MINIMUM') {
      return either(path, `The ${aggregate.toLowerCase()} falls with another item of a lower value.`);
    }
    if (direction === 'EITHER') return 'EITHER';
    const isKept = where === null || isUpwards(where.comparison) === (direction !== 'FALLING');
    if (!isKept) return either(path, 'With more facts an item may no longer count.');
    if (aggregate === 'COUNT') return 'RISING';
    return direction === 'FALLING' ? either(path, 'The values of items fall with more facts.') : 'RISING';
  }

  function together(directions: readonly Direction[], path: string): Direction {
    if (directions.includes('EITHER')) return 'EITHER';
    const [rises, falls] = [directions.includes('RISING'), directions.includes('FALLING')];
    if (rises && falls) return either(path, 'One part rises with more facts, and another one falls.');
    return rises ? 'RISING' : falls ? 'FALLING' : 'CONSTANT';
  }

  function either(path: string, message: string): 'EITHER' {
    note(path, message);
    return 'EITHER';
  }
}

function isPositive(measure: Measure | undefined): boolean {
  if (measure?.type !== 'CONSTANT') return false;
  const { default: usual, values } = measure.value;
  return [usual, ...values.values()].every((value) => compare(value, ZERO) > 0);
}
