import type {
  FactAmended as Amended,
  VersionConflict as Conflict,
} from '../../src/app/writing/amend-fact.ts';
import { builder } from '../base/builder.ts';
import { Refusal } from '../base/refusal.ts';
import { StatusChange } from '../changes/status-change.ts';
import { Fact } from '../facts/fact.ts';

/** What a correction and a void have in common. */
export const AmendedFact = builder.interfaceRef<Amended>('AmendedFact').implement({
  description: 'The next version of a fact took the place of the one before it.',
  fields: (t) => ({
    fact: t.expose('fact', { type: Fact, description: 'The version that is the current one now.' }),
    isDuplicate: t.exposeBoolean('duplicate', {
      description: 'Whether the same call was made before, so that this one changed nothing.',
    }),
    statusChanges: t.expose('changes', {
      type: [StatusChange],
      description: 'The changes that were logged, in their order; those of days in the past as one.',
    }),
  }),
});

export const VersionConflict = builder.objectRef<Conflict>('VersionConflict').implement({
  description: 'The current version is not the expected one. Nothing was changed.',
  interfaces: [Refusal],
  fields: (t) => ({
    currentVersion: t.int({
      description: 'The number of the current version, to expect when correcting it.',
      resolve: ({ current }) => current.version,
    }),
    current: t.expose('current', {
      type: Fact,
      nullable: true,
      description: 'The current version. Not for the role INGEST.',
    }),
  }),
});
