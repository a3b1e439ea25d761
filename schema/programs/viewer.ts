import type { Rights, ROLES } from '../../src/app/access/rights.ts';
import type { ProgramRecord } from '../../src/store/catalogue/program-catalogue.ts';
import { builder } from '../base/builder.ts';
import { Partner } from '../base/partner-ref.ts';
import { Program } from '../base/program-ref.ts';

/** What rights allow, for who has them and for who gives them. */
export const RoleType = builder.enumType('Role', {
  description: 'What a key or token allows.',
  values: {
    ADMIN: { description: 'Reading and changing everything: rules, partners, facts, overrides and keys.' },
    INGEST: { description: 'Recording and correcting facts, and enrolling and updating partners.' },
    READER: { description: 'Reading everything and subscribing to changes.' },
    PARTNER: {
      description: 'Reading the data of one partner and its affiliates; of others only counts of groups.',
    },
  } as const satisfies Record<(typeof ROLES)[number], { description: string }>,
});

const Viewer = builder.objectRef<Rights>('Viewer').implement({
  description: 'The caller, as its key or token says.',
  fields: (t) => ({
    identity: t.exposeString('identity', {
      description:
        'The public part of the key, or the subject of the token; `everybody` where rights are switched off.',
    }),
    role: t.expose('role', { type: RoleType, description: 'What the key or token allows.' }),
    programs: t.field({
      type: [Program],
      description: 'The programmes that the viewer reaches, by code.',
      resolve: async (_, __, { app }): Promise<ProgramRecord[]> =>
        [...(await app.catalogue.current()).byCode.values()].sort((a, b) => (a.code < b.code ? -1 : 1)),
    }),
    partner: t.field({
      type: Partner,
      nullable: true,
      description: 'The partner whose key or token it is; null for any other role.',
      resolve: ({ partner }, _, { partners }) => (partner === null ? null : partners.load(partner)),
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the rights expire; null if they do not.',
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    description: 'Who the caller is, and what it may do.',
    type: Viewer,
    resolve: (_, __, { viewer }) => {
      if (viewer === null) throw new Error('An event has no viewer, and no field that leads to one.');
      return viewer;
    },
  }),
);
