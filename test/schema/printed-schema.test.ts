import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { printedSchema } from '../../schema/print.ts';
import { reference } from '../../schema/reference.ts';

test('reference.md is what the schema says', async () => {
  const committed = await readFile(new URL('../../docs/reference.md', import.meta.url), 'utf8');
  expect(committed).toBe(reference(schema));
});

test('schema.graphql is what the schema says', async () => {
  const committed = await readFile(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
  expect(committed).toBe(printedSchema());
});
