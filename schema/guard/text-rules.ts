/**
 * How a text argument is read (rule 30).
 *
 * - `NAME` names something and is normalized.
 * - `STORED_NAME` looks up an existing name: first exactly as it was sent, since older texts were stored
 *   unchanged, then in its normalized form. The look-up refuses a text that is not a valid name and was not
 *   found.
 * - `LINE` and `LINES` are for people, on one line or on several: kept as they were written.
 * - `ROW` belongs to a row, whose reader refuses that row alone.
 */
export type TextRule =
  | { readonly as: 'NAME' | 'LINE' | 'LINES'; readonly longest: number }
  | { readonly as: 'STORED_NAME' | 'ROW' };

const NAME: TextRule = { as: 'NAME', longest: 200 };
const STORED_NAME: TextRule = { as: 'STORED_NAME' };
const LINE: TextRule = { as: 'LINE', longest: 200 };
const ROW: TextRule = { as: 'ROW' };

/** How each text is read: every argument, and every field of an input, that is a String. */
export const TEXT_RULES: Readonly<Record<string, TextRule>> = {
  'AttributeInput.name': ROW,
  'AttributeInput.value': ROW,
  'CertificationInput.credential': ROW,
  'CertificationInput.person': ROW,
  'CorrectFactInput.externalId': STORED_NAME,
  'CorrectFactInput.program': NAME,
  'CorrectFactInput.source': STORED_NAME,
  'CorrectedFactInput.partner': ROW,
  'CreateApiKeyInput.name': LINE,
  'CreateApiKeyInput.programs': NAME,
  'CreateProgramInput.code': NAME,
  'CreateProgramInput.currency': NAME,
  'CreateProgramInput.name': LINE,
  'CreateProgramInput.timeZone': NAME,
  'EnrollPartnerInput.country': NAME,
  'EnrollPartnerInput.externalRef': NAME,
  'EnrollPartnerInput.name': LINE,
  'EnrollPartnerInput.parent': STORED_NAME,
  'EnrollPartnerInput.program': NAME,
  'EnrollPartnerInput.region': NAME,
  'FactFilter.kinds': NAME,
  'FactInput.externalId': ROW,
  'FactInput.partner': ROW,
  'GapFilter.missing': { as: 'NAME', longest: 1_000 },
  'GapFilter.tiers': NAME,
  'LocalizedTextInput.de': LINE,
  'LocalizedTextInput.en': LINE,
  'MeasurementInput.kind': ROW,
  'MeasurementInput.subject': ROW,
  'MeasurementKindInput.code': NAME,
  'MeasurementKindInput.unit': { as: 'NAME', longest: 64 },
  'OverrideTierInput.actor': { as: 'LINE', longest: 500 },
  'OverrideTierInput.partner': STORED_NAME,
  'OverrideTierInput.program': NAME,
  'OverrideTierInput.reason': { as: 'LINES', longest: 500 },
  'OverrideTierInput.tier': NAME,
  'PartnerFilter.countries': NAME,
  'PartnerFilter.regions': NAME,
  'PartnerFilter.search': LINE,
  'PartnerFilter.specializations': NAME,
  'PartnerFilter.tiers': NAME,
  'PartnerRef.externalRef': STORED_NAME,
  'PartnerRef.program': NAME,
  'Query.partners(program)': NAME,
  'Query.program(code)': NAME,
  'Query.programs(codes)': NAME,
  'Query.statusChanges(program)': NAME,
  'RecordFactsInput.program': NAME,
  'RecordFactsInput.source': STORED_NAME,
  'RevenueInput.currency': ROW,
  'RevenueInput.customer': ROW,
  'SatisfactionInput.customer': ROW,
  'SatisfactionInput.respondent': ROW,
  'SaveRulebookDraftInput.program': NAME,
  'StartInput.tier': NAME,
  'StatusChangeFilter.regions': NAME,
  'StatusChangeFilter.specializations': NAME,
  'StatusChangeFilter.tiers': NAME,
  'Subscription.statusChanged(program)': NAME,
  'TranslationInput.text': LINE,
  'UpdatePartnerInput.country': NAME,
  'UpdatePartnerInput.name': LINE,
  'UpdatePartnerInput.parent': STORED_NAME,
  'UpdatePartnerInput.partner': STORED_NAME,
  'UpdatePartnerInput.program': NAME,
  'PartnerAttributeInput.name': NAME,
  'PartnerAttributeInput.value': NAME,
  'UpdatePartnerInput.region': NAME,
  'VoidFactInput.externalId': STORED_NAME,
  'VoidFactInput.program': NAME,
  'VoidFactInput.source': STORED_NAME,
  'WithdrawRulebookInput.reason': { as: 'LINES', longest: 500 },
};
