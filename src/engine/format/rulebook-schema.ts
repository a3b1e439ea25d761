import { measureDefinitions } from './parse-measure.ts';
import { requirementDefinitions } from './parse-requirement.ts';
import { documentSchema } from './parse-rulebook.ts';
import type { JsonSchema } from './shape.ts';

/**
 * The JSON Schema (2020-12) of rulebook documents, made of the same shapes as the reader. What
 * depends on the programme, on the format or on other parts of the document, such as names, units and
 * circles, only the
 * reader checks.
 */
export const rulebookSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'tiergraph rulebook, formats 1 and 2',
  ...documentSchema,
  $defs: { ...measureDefinitions, ...requirementDefinitions },
};
