import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { printedSchema } from '../../schema/print.ts';

test('schema.graphql is what the schema says', async () => {
  const committed = await readFile(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
  expect(committed).toBe(printedSchema());
});
