const name = { en: 'Name', de: 'Name' };

/**
 * Measures from `m0`, a metric, to `m` and the number of levels, each of which uses the one before it twice.
 */
export function doublingMeasures(levels: number): Readonly<Record<string, unknown>> {
  const metric = { fact: 'revenue', aggregate: 'SUM', window: { trailing: { months: 12 } } };
  const measures: Record<string, unknown> = { m0: { metric } };
  for (let level = 1; level <= levels; level += 1) {
    measures[`m${level}`] = { sum: [`m${level - 1}`, `m${level - 1}`] };
  }
  return measures;
}

/**
 * Specializations from `S0`, which asks for the measure `m0`, each of which asks for the one before it twice.
 */
export function doublingSpecializations(levels: number): readonly unknown[] {
  return Array.from({ length: levels + 1 }, (_, level) => {
    const before = { specialization: `S${level - 1}` };
    const requirement = level === 0 ? { measure: 'm0', atLeast: '1000000' } : { allOf: [before, before] };
    return { code: `S${level}`, name, requirement };
  });
}
