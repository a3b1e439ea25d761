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
      description: 'The same call had been made before: this time it changed nothing.',
    }),
    statusChanges: t.expose('changes', {
      type: [StatusChange],
      description: 'The changes that were logged, in their order; those of days in the past as one.',
    }),
  }),
});

export const VersionConflict = builder.objectRef<Conflict>('VersionConflict').implement({
  description: 'Another version than the expected one is the current one. Nothing was changed.',
  interfaces: [Refusal],
  fields: (t) => ({
    currentVersion: t.int({
      description: 'The number of the version that is there instead: what to expect when correcting it.',
      resolve: ({ current }) => current.version,
    }),
    current: t.expose('current', {
      type: Fact,
      nullable: true,
      description: 'The version that is there instead. Not for the role INGEST.',
    }),
  }),
});
