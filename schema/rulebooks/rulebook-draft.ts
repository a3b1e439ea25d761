import { type DraftRow, listDrafts } from '../../src/store/reading/read-rulebook.ts';
import { batched } from '../base/batched.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';
import { encodeGlobalId } from '../base/global-id.ts';

export const RulebookDraft = builder.objectRef<DraftRow>('RulebookDraft').implement({
  description:
    'A rulebook that is saved but not published. It can still change, and no partner is judged by it.',
  fields: (t) => ({
    id: t.id({
      description: 'The global id that the rulebook will have once it is published.',
      resolve: ({ id }) => encodeGlobalId('Rulebook', id),
    }),
    number: t.exposeInt('number', { description: 'Its number among the versions of the programme.' }),
    document: t.expose('document', {
      type: 'RulebookDocument',
      description: 'The rules as last saved.',
      extensions: { cost: 20 },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was first saved.' }),
  }),
});

export const RulebookDraftConnection = builder.connectionObject(
  {
    type: RulebookDraft,
    name: 'RulebookDraftConnection',
    description: 'A page of a list of drafts, with the cursors to go on from.',
  },
  { name: 'RulebookDraftEdge', description: 'A draft with its place in the list.' },
);

/** A programme's drafts, by number; those of many programmes are read together. */
export function readDrafts(context: Context, programId: string): Promise<readonly DraftRow[]> {
  return draftsOf(context, programId, null);
}

const draftsOf = batched(async ({ scope, app }, programIds: readonly string[], _: null) => {
  const rows = await listDrafts(scope, app.database.prisma, programIds);
  const ofEach = Map.groupBy(rows, ({ programId }) => programId);
  return programIds.map((id) => ofEach.get(id) ?? []);
});
