import { type GraphQLNamedType, getNamedType, isAbstractType, isCompositeType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { ROOT_RULES } from '../../../schema/base/root-rules.ts';
import { FIELD_RULES, TYPE_RULES } from '../../../schema/guard/rights.ts';
import { schema } from '../../../schema/index.ts';
import type { Role } from '../../../src/app/access/rights.ts';

/** The fields of objects that a role can come to from the roots. */
function fieldsFor(role: Role): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>();
  const reach = (type: GraphQLNamedType): void => {
    if (!isCompositeType(type) || fields.has(type.name)) return;
    const reached: string[] = [];
    fields.set(type.name, reached);
    if (isAbstractType(type)) schema.getPossibleTypes(type).forEach(reach);
    if (!('getFields' in type)) return;
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      const result = getNamedType(field.type);
      const roles = ROOT_RULES[name] ?? FIELD_RULES[name] ?? TYPE_RULES[result.name];
      if (roles?.includes(role) === false) continue;
      reached.push(field.name);
      reach(result);
    }
  };
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    if (root) reach(root);
  }
  return new Map([...fields].filter(([name]) => isObjectType(schema.getType(name))));
}

test('what INGEST comes to is known, field by field: a new one of these types has to be thought about', () => {
  const fields = fieldsFor('INGEST');
  const of = (type: string): string | undefined => fields.get(type)?.join(' ');
  expect(of('Query')).toBe('program programs viewer');
  expect(of('Subscription')).toBe('');
  expect(of('Program')).toBe(
    'code currency defaultLocale fiscalYearFirstMonth id measurementKinds name personsIgnoreCase referencesIgnoreCase rulebook rulebookSchema rulebooks specializations tiers timeZone today',
  );
  expect(of('Partner')).toBe(
    'attributes country enrolledOn externalRef id leftOn name parent program region',
  );
  expect(of('RevenueFact')).toBe(
    'amount attributes currency customer externalId id isVoid occurredOn partner recordedAt source supersededAt version warning',
  );
  expect(of('RowOutdated')).toBe('currentVersion index');
  const known = new Set(REACHED_BY_INGEST.split(' '));
  const refusals =
    /^(Query|Mutation|Subscription)$|NotFound$|Cycle$|TooDeep$|Exists$|Conflict$|Refused$|Rejected$|^NotAllowed$|^TryAgain$/;
  expect([...fields.keys()].filter((name) => !known.has(name) && !refusals.test(name))).toEqual([]);
});

test('every other role comes to every type', () => {
  const all = [...fieldsFor('ADMIN').keys()];
  expect([...fieldsFor('READER').keys()].filter((name) => !all.includes(name))).toEqual([]);
  expect(all).toContain('Standing');
  expect([...fieldsFor('PARTNER').keys()]).not.toContain('RulebookDraft');
});

/** The rules, what was brought in, and what it changed. */
const REACHED_BY_INGEST = [
  'Viewer Program ProgramConnection ProgramEdge PageInfo MeasurementKind',
  'Rulebook RulebookConnection RulebookEdge Transition Withdrawal Tier Specialization Measure RegionalNumber RegionalValue VariedValue HeldRequirement',
  'CompositeRequirement RequirementPart ForEachRequirement NamedRequirement PersonsRequirement PersonSlot',
  'SpecializationRequirement ThresholdRequirement',
  'Partner RevenueFact CertificationFact SatisfactionFact MeasurementFact Attribute PartnerAttribute FactWarning',
  'PartnerEnrolled PartnerUpdated FactsRecorded RowRecorded RowDuplicate RowOutdated FactCorrected FactVoided',
  'TierChanged SpecializationEarned SpecializationLapsed HoldStarted HoldEnded Hold TierAtRisk RiskCleared HistoryRevised',
].join(' ');
