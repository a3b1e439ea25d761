import {
  publishRulebook,
  type NotPublishable as Unpublishable,
} from '../../src/app/writing/publish-rulebook.ts';
import {
  type RulebookInvalid as Invalid,
  saveRulebookDraft,
} from '../../src/app/writing/save-rulebook-draft.ts';
import type { Problem } from '../../src/engine/format/problem.ts';
import { addMutation, builder } from '../base/builder.ts';
import { encodeGlobalId, readGlobalId } from '../base/global-id.ts';
import { readDay } from '../base/read-argument.ts';
import {
  NotADraft,
  NotAllowed,
  ProgramNotFound,
  Refusal,
  RulebookNotFound,
  refusalTypeName,
} from '../base/refusal.ts';
import { type RulebookSource, rulebookNamed } from '../base/rulebook-source.ts';
import { Rulebook } from '../rulebooks/rulebook.ts';

type Saved = { readonly rulebookId: string };
type Published = { readonly rulebook: RulebookSource };

const RulebookProblem = builder.objectRef<Problem>('RulebookProblem').implement({
  description: 'Something wrong with a rulebook document.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'Its place in the document, a JSON pointer.' }),
    message: t.exposeString('message', { description: 'What is wrong, for people.' }),
  }),
});

const RulebookInvalid = builder.objectRef<Invalid>('RulebookInvalid').implement({
  description: 'The document is not a valid rulebook. Nothing was saved.',
  interfaces: [Refusal],
  fields: (t) => ({
    problems: t.expose('problems', {
      type: [RulebookProblem],
      description: 'The first 100 problems, in the order of the document.',
    }),
    problemCount: t.exposeInt('problemCount', {
      description: 'How many problems it has, including those that are not listed.',
    }),
  }),
});

const SaveRulebookDraftInput = builder.inputType('SaveRulebookDraftInput', {
  description: 'The document of a draft, either a new one or one that replaces an earlier one.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    document: t.field({
      type: 'RulebookDocument',
      description: 'The whole document; nothing of an earlier draft is kept.',
    }),
    draft: t.id({
      required: false,
      description: 'The global id of the draft to replace; if left out, a new draft is created.',
    }),
  }),
});

const RulebookDraftSaved = builder.objectRef<Saved>('RulebookDraftSaved').implement({
  description: 'The draft was saved. It has no effect until it is published.',
  fields: (t) => ({
    id: t.id({
      description: 'The global id that the rulebook has from now on.',
      resolve: ({ rulebookId }) => encodeGlobalId('Rulebook', rulebookId),
    }),
  }),
});

const SaveRulebookDraftResult = builder.unionType('SaveRulebookDraftResult', {
  description: 'The saved draft, or the problems of its document.',
  types: [RulebookDraftSaved, NotAllowed, ProgramNotFound, RulebookInvalid, RulebookNotFound, NotADraft],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'RulebookDraftSaved'),
});

const PublishRulebookInput = builder.inputType('PublishRulebookInput', {
  description: 'The draft that becomes the rules, and the first day on which it is in force.',
  fields: (t) => ({
    rulebook: t.id({ description: 'The id of the draft, as saving it returned.' }),
    effectiveFrom: t.field({ type: 'Date', description: 'The first day on which it is in force.' }),
  }),
});

const RulebookPublished = builder.objectRef<Published>('RulebookPublished').implement({
  description: 'The rulebook is published, and cannot change any more. Every partner is judged anew.',
  fields: (t) => ({
    rulebook: t.expose('rulebook', {
      type: Rulebook,
      description: 'The rulebook as it takes effect, with its number and its first day.',
    }),
  }),
});

const NotPublishable = builder.objectRef<Unpublishable>('NotPublishable').implement({
  description: 'The rulebook cannot take effect on that day, or cannot follow the one before it.',
  interfaces: [Refusal],
  fields: (t) => ({
    problems: t.expose('problems', {
      type: [RulebookProblem],
      description: 'The places in its document that prevent it; none if the day does.',
    }),
  }),
});

const PublishRulebookResult = builder.unionType('PublishRulebookResult', {
  description: 'The rulebook in its final form, or the reason why it was not published.',
  types: [RulebookPublished, NotAllowed, RulebookNotFound, NotADraft, NotPublishable],
  resolveType: (result) => ('refused' in result ? refusalTypeName(result.refused) : 'RulebookPublished'),
});

addMutation('saveRulebookDraft', (t) =>
  t.field({
    description: 'Saves a valid rulebook document as a draft.',
    type: SaveRulebookDraftResult,
    args: {
      input: t.arg({
        type: SaveRulebookDraftInput,
        description: 'The document, and which draft it replaces.',
      }),
    },
    resolve: (_, { input: { program, document, draft } }, { app }) =>
      saveRulebookDraft(app, {
        program,
        document,
        draft: draft == null ? null : readGlobalId(draft, 'Rulebook', 'input.draft'),
      }),
  }),
);

addMutation('publishRulebook', (t) =>
  t.field({
    description: "Publishes a draft: from a day on it is the programme's rules.",
    type: PublishRulebookResult,
    args: {
      input: t.arg({ type: PublishRulebookInput, description: 'Which draft takes effect on which day.' }),
    },
    resolve: async (_, { input }, context) => {
      const result = await publishRulebook(context.app, {
        rulebook: readGlobalId(input.rulebook, 'Rulebook', 'input.rulebook'),
        effectiveFrom: readDay(input.effectiveFrom, 'input.effectiveFrom'),
      });
      return 'refused' in result ? result : { rulebook: await rulebookNamed(context, result.rulebookId) };
    },
  }),
);
