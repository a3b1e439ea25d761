import { PLAIN_POLICY } from '../rulebook/policy-rules.ts';
import type { Requirement, Rulebook } from '../rulebook/rulebook.ts';
import { isObject } from '../values/is-object.ts';
import type { LocalizedText } from '../values/language.ts';
import type { ProgramSettings } from '../values/program.ts';
import { localizedTextShape } from './parse-measure.ts';
import { CODE } from './parse-requirement.ts';
import { startReading } from './rulebook-reading.ts';

/** A requirement that asks for nothing. */
export const NOTHING_ASKED: Requirement = {
  type: 'COMPOSITE',
  path: '',
  otherwise: null,
  quantifier: { rule: 'ALL' },
  parts: [],
};

/**
 * What can be shown of a document that can't be read: the tiers and specializations that have a code, by
 * their names where they have any. No partner may be judged by it.
 */
export function showRulebook(document: unknown, program: ProgramSettings): Rulebook {
  const reading = startReading({
    document,
    program,
    isPublished: true,
    readMeasure: () => undefined,
    readRequirement: () => undefined,
  });
  const shown = (list: string): readonly { readonly code: string; readonly name: LocalizedText }[] => {
    const raw: unknown = isObject(document) ? document[list] : undefined;
    const items: readonly unknown[] = Array.isArray(raw) ? raw : [];
    return items.flatMap((item) => {
      const code = isObject(item) ? item.code : undefined;
      if (!isObject(item) || typeof code !== 'string' || !CODE.test(code)) return [];
      return [{ code, name: localizedTextShape.read(item.name, '', reading) ?? { en: code, de: code } }];
    });
  };
  const nothing = { metrics: new Map(), groups: new Map(), overs: new Map(), metricsByPath: new Map() };
  return {
    currency: program.currency,
    fiscalYearFirstMonth: program.fiscalYearFirstMonth,
    currencies: [],
    measures: new Map(),
    requirements: new Map(),
    tiers: shown('tiers').map((tier, rank) => ({
      ...tier,
      requirement: rank === 0 ? null : NOTHING_ASKED,
      retain: null,
      forfeit: null,
    })),
    specializations: shown('specializations').map((each) => ({ ...each, requirement: NOTHING_ASKED })),
    policy: PLAIN_POLICY,
    transition: null,
    remap: new Map(),
    scope: nothing,
    forEachs: [],
    variesBy: [],
    scenarios: [],
    lookback: null,
  };
}
