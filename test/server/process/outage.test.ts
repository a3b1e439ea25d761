import { GraphQLError } from 'graphql';
import { expect, test } from 'vitest';
import { maskError } from '../../../src/server/admission/mask-error.ts';
import { OutcomeUnknown } from '../../../src/store/connection/outage.ts';

function shown(cause: Error): readonly unknown[] {
  const reported: unknown[] = [];
  const error = new GraphQLError(cause.message, { originalError: cause, path: ['partner'] });
  const { message, extensions, path } = maskError(error, 'r1', (each) => reported.push(each));
  expect(reported).toEqual([error]);
  return [extensions.code, message, path];
}
const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });

test('an outage of the database is told as one, without what it said', () => {
  expect(shown(refused)).toEqual([
    'TRY_AGAIN',
    "The database can't be reached just now, and nothing was changed; try again in a moment; it is logged as request r1.",
    ['partner'],
  ]);
  expect(shown(new OutcomeUnknown('lost', { cause: refused }))).toEqual([
    'OUTCOME_UNKNOWN',
    'The connection to the database was lost while a change was being committed; it may have been made or not; it is logged as request r1.',
    ['partner'],
  ]);
  expect(shown(new Error('a bug'))[0]).toBe('INTERNAL_SERVER_ERROR');
});
