import { unreachable } from '../values/unreachable.ts';
import type { Metric, PersonGroup } from './metric.ts';
import { conditionsOf } from './requirement-parts.ts';
import type {
  ForEach,
  Measure,
  MeasuringScope,
  NamedRequirement,
  OverMeasure,
  Requirement,
  Rulebook,
  Specialization,
  Tier,
} from './rulebook.ts';

/**
 * What a rulebook asks to be measured: for the partner as a whole, and for each item of every forEach. The
 * order depends on the document's lists only, so that stored readings can be matched with a document read
 * again.
 */
export function measuringScopes(
  tiers: readonly Tier[],
  specializations: readonly Specialization[],
): Pick<Rulebook, 'scope' | 'forEachs'> {
  const forEachs: ForEach[] = [];
  const whole = collector((forEach) => forEachs.push(forEach));
  for (const condition of tiers.flatMap(conditionsOf)) whole.requirement(condition);
  for (const { requirement } of specializations) whole.requirement(requirement);
  return {
    scope: whole.scope(),
    forEachs: forEachs.map((forEach) => ({ forEach, scope: itemScope(forEach) })),
  };
}

/** What a forEach asks to be measured for each of its items. */
export function itemScope({ where, body }: Pick<ForEach, 'where' | 'body'>): MeasuringScope {
  const item = collector(() => undefined);
  item.requirement(where);
  item.requirement(body);
  return item.scope();
}

/** What a measure asks to be measured. */
export function measureScope(measure: Measure): MeasuringScope {
  const collected = collector(() => undefined);
  collected.measure(measure);
  return collected.scope();
}

/** The metrics that a measure rests on, also those of each item of a measure over items, each once. */
export function metricsOf(measure: Measure): readonly Metric[] {
  return [...new Set(withOvers(measureScope(measure)).flatMap(({ metrics }) => [...metrics.keys()]))];
}

/** Every scope in which a rulebook measures: the whole, items of forEachs, and of measures over items. */
export function scopesOf({
  scope,
  forEachs,
}: Pick<Rulebook, 'scope' | 'forEachs'>): readonly MeasuringScope[] {
  return [scope, ...forEachs.map((forEach) => forEach.scope)].flatMap(withOvers);
}

/** The scope, and those of its measures over items. */
export function withOvers(scope: MeasuringScope): readonly MeasuringScope[] {
  return [scope, ...[...scope.overs.keys()].map((over) => over.scope)];
}

function collector(onForEach: (forEach: ForEach) => void) {
  const metrics = new Map<Metric, number>();
  const groups = new Map<PersonGroup, number>();
  const overs = new Map<OverMeasure, number>();
  const metricsByPath = new Map<string, Metric>();
  const seen = new Set<Measure | NamedRequirement>();

  const measure = (node: Measure): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.type === 'METRIC') {
      place(metrics, node.metric);
      metricsByPath.set(node.path, node.metric);
    } else if (node.type === 'OVER') place(overs, node);
    else if (node.type !== 'CONSTANT') for (const part of node.parts) measure(part);
  };
  const requirement = (node: Requirement): void => {
    switch (node.type) {
      case 'THRESHOLD':
        measure(node.measure);
        return;
      case 'COMPOSITE':
        for (const part of node.parts) requirement(part.requirement);
        return;
      case 'PERSONS':
        place(groups, node.group);
        return;
      case 'FOR_EACH':
        onForEach(node);
        return;
      case 'NAMED':
        if (!seen.has(node.named)) {
          seen.add(node.named);
          requirement(node.named.requirement);
        }
        return;
      case 'SPECIALIZATION':
      case 'HELD':
        return;
      default:
        unreachable(node);
    }
  };
  const scope = (): MeasuringScope => ({ metrics, groups, overs, metricsByPath });
  return { measure, requirement, scope };
}

function place<T>(places: Map<T, number>, item: T): void {
  if (!places.has(item)) places.set(item, places.size);
}
