import { type CollidingName, listCollidingNames } from '../../src/store/reading/read-odd-name.ts';
import { builder } from '../base/builder.ts';
import { Program } from '../base/program-ref.ts';

const MOST = 1_000;

const NameKind = builder.enumType('NameKind', {
  description: 'What a name belongs to: a partner or a fact.',
  values: {
    REFERENCE: { description: "A partner's external reference." },
    FACT_KEY: { description: "A fact's external id within its source." },
  } as const satisfies Record<CollidingName['kind'], { description: string }>,
});

const CollidingNameType = builder.objectRef<CollidingName>('CollidingName').implement({
  description:
    'A reference or key that was recorded before names were normalized, and kept as it is because another has the same normalized form. Only its exact text finds it.',
  fields: (t) => ({
    kind: t.expose('kind', { type: NameKind, description: 'Whether it belongs to a partner or to a fact.' }),
    source: t.exposeString('source', {
      nullable: true,
      description: "The fact's source; null for a partner.",
    }),
    text: t.exposeString('text', { description: 'The reference or external id, exactly as it is stored.' }),
    form: t.exposeString('form', {
      description: 'Its normalized form, which another reference or key has too.',
    }),
  }),
});

builder.objectFields(Program, (t) => ({
  collidingNames: t.field({
    type: [CollidingNameType],
    description: `References and keys that were recorded before names were normalized and whose normalized form another has; at most ${MOST}. A newer programme has none. For the role ADMIN.`,
    extensions: { cost: 20 },
    resolve: ({ id }, _, { app, scope }) => listCollidingNames(scope, app.database.prisma, id, MOST),
  }),
}));
