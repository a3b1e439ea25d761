import { describe, expect, it } from 'vitest';
import { connectRulebooks } from '../../../src/demo/rulebooks.ts';
import { rulebookSchema } from '../../../src/engine/format/rulebook-schema.ts';
import google from '../fixtures/google-ads-partner-2022.json' with { type: 'json' };
import hubspot from '../fixtures/hubspot-points-2024.json' with { type: 'json' };
import microsoft from '../fixtures/microsoft-capability-score.json' with { type: 'json' };
import odoo from '../fixtures/odoo-v11.json' with { type: 'json' };
import { isValid } from '../support/json-schema.ts';
import { document, REFUSALS } from '../support/refusals.ts';

/**
 * Kinds of mistakes for which one has to know the programme, another part of the document, or the calendar.
 */
const ONLY_THE_READER_SEES = [
  'a name in no language',
  'a name in what is no language',
  'a name twice in one language',
  'a tier twice',
  'a requirement for the lowest tier',
  'a higher tier without a requirement',
  'an unknown measure',
  'a measure defined by itself',
  'an unknown kind of fact',
  'a shift in a document of format 1',
  'LATEST in a document of format 1',
  'complete periods shifted by months',
  'a running period shifted by periods',
  'a sample for the latest',
  'otherwise in a document of format 1',
  'a stand-in for what is always decided',
  'a part that counts 0 times',
  'times in a document of format 1',
  'a subtracted part with a maximum share',
  'a named requirement in a document of format 1',
  'an unknown requirement',
  'requirements in a circle',
  'a forEach within a forEach by a name',
  'the value of revenue in a document of format 1',
  'the customer of revenue in a document of format 1',
  'over in a document of format 1',
  'over within over',
  'over of no facts',
  'over a field that the facts do not have',
  'over weeks of a fiscal year',
  'over items that all pass',
  'a term in a document of format 1',
  'days of the month in a document of format 1',
  'a review calendar of calendar periods in a document of format 1',
  'a review that looks at two days',
  'a delay in a document of format 1',
  'a misspelt measure',
  'a misspelt kind of fact',
  'a misspelt specialization',
  'a number by country in a document of format 1',
  'a number by something that partners do not have',
  'the sum of certifications',
  'DISTINCT without keys',
  'keys without DISTINCT',
  'a key that the kind does not have',
  'a sample for a sum',
  'a respondent cap on revenue',
  'a field that the kind does not have',
  'a value that is no number',
  'a comparison with no number',
  'a comparison with no date',
  'a threshold in another unit',
  'a threshold off the scale',
  'a sum of money and heads',
  'a minimum of money and hours',
  'points below zero',
  'steps that do not ascend',
  'a share in per cent',
  'more than there are',
  'an unknown specialization',
  'specializations in a circle',
  'a specialization twice',
  'a slot by currency',
  'a forEach within a forEach',
  'a forEach over a field that what makes an item never has',
  'a forEach over a field that what is asked of an item never has',
  'a forEach whose items come from no facts',
  'a currency table without the own currency',
  'tables out of order',
  'a currency that is dropped',
  'a day that is none',
  'a review on 29 February',
  'what retains the lowest tier',
  'a forfeit of the lowest tier',
  'retain in a document of format 1',
  'a tier held in a document of format 1',
  'an unknown tier that was held',
  'a forfeit that asks what was held',
  'a forfeit that asks what was held by way of a name and a specialization',
  'scenarios in a document of format 1',
  'a scenario that expects an unknown tier',
  'a scenario that expects an unknown specialization',
  'a scenario that starts with an unknown tier',
  'a scenario with an unknown kind of facts',
  'a scenario with revenue of no amount',
  'a scenario with revenue of a person',
  'a scenario with revenue in a currency that nothing converts',
  'a scenario with an answer off the scale',
  'a scenario with a fact that expires at once',
  'a review on 31 June',
  'a remap to no tier',
];

describe('the JSON Schema of rulebook documents', () => {
  it('accepts what the reader accepts', () => {
    const documents = [document(), odoo, google, hubspot, microsoft];
    const demo = connectRulebooks('2026-11-23').map((rulebook) => rulebook.document);
    for (const each of [...documents, ...demo]) expect(isValid(each, rulebookSchema)).toBe(true);
  });

  it('refuses what the reader refuses, but for what other parts or the programme decide', () => {
    const accepted = REFUSALS.filter(([, broken]) => isValid(broken, rulebookSchema)).map(([kind]) => kind);
    expect(accepted).toEqual(ONLY_THE_READER_SEES);
  });

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(rulebookSchema))).toEqual(rulebookSchema);
  });
});
