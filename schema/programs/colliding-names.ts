import { type CollidingName, listCollidingNames } from '../../src/store/reading/read-odd-name.ts';
import { builder } from '../base/builder.ts';
import { Program } from '../base/program-ref.ts';

const MOST = 1_000;

const NameKind = builder.enumType('NameKind', {
  description: 'Whose it is: a partner or a fact.',
  values: {
    REFERENCE: { description: "A partner's external reference." },
    FACT_KEY: { description: "A fact's external id within its source." },
  } as const satisfies Record<CollidingName['kind'], { description: string }>,
});

const CollidingNameType = builder.objectRef<CollidingName>('CollidingName').implement({
  description:
    'A reference or key from before names had one form, which was left as it is because another has the same form. It is found by its exact text.',
  fields: (t) => ({
    kind: t.expose('kind', { type: NameKind, description: 'Whether it is a partner or a fact that has it.' }),
    source: t.exposeString('source', {
      nullable: true,
      description: "The fact's source; null for a partner.",
    }),
    text: t.exposeString('text', { description: 'The reference or external id, exactly as it is stored.' }),
    form: t.exposeString('form', { description: 'The form of it, which another reference or key has too.' }),
  }),
});

builder.objectFields(Program, (t) => ({
  collidingNames: t.field({
    type: [CollidingNameType],
    description: `References and keys from before names had one form that would have become one with another: at most ${MOST} of them. None in a programme made since. For the role ADMIN.`,
    extensions: { cost: 20 },
    resolve: ({ id }, _, { app, scope }) => listCollidingNames(scope, app.database.prisma, id, MOST),
  }),
}));
