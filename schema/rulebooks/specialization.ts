import type { Day } from '../../src/engine/values/day.ts';
import { builder } from '../base/builder.ts';
import { localeArgs, tell } from '../base/locale.ts';
import type { SpecializationSource } from '../base/rulebook-source.ts';
import { Specialization } from '../base/specialization-ref.ts';
import { Requirement } from './requirement.ts';

Specialization.implement({
  description: 'A credential of a partner in a field, such as "Solution Expert, Video".',
  fields: (t) => ({
    code: t.string({
      description: 'Its code within the rulebook, such as VIDEO.',
      resolve: ({ specialization }) => specialization.code,
    }),
    name: t.string({
      description: 'Its name for people, in the language asked for.',
      args: localeArgs,
      resolve: ({ specialization }, args) => tell(specialization.name, args),
    }),
    requirement: t.field({
      type: Requirement,
      description: 'The conditions under which a partner holds it.',
      resolve: ({ specialization, ...source }) => ({ source, rule: specialization.requirement }),
    }),
  }),
});

/** A specialization that a partner holds. */
export type HeldSource = {
  readonly specialization: SpecializationSource;
  readonly since: Day;
  readonly until: Day | null;
};

export const PartnerSpecialization = builder.objectRef<HeldSource>('PartnerSpecialization').implement({
  description: 'A specialization that is held, with the unbroken run of days.',
  fields: (t) => ({
    specialization: t.expose('specialization', {
      type: Specialization,
      description: 'The specialization, as the rulebook that counts defines it.',
    }),
    since: t.expose('since', {
      type: 'Date',
      description: 'The first day of the unbroken run of days on which it is held.',
    }),
    until: t.expose('until', {
      type: 'Date',
      nullable: true,
      description: 'The first day without it, if nothing new is recorded; null if there is none.',
    }),
  }),
});
