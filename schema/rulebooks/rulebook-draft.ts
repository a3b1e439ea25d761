import { finishGivingWay } from '../../src/app/context/give-way.ts';
import { describeMismatch } from '../../src/engine/checking/check-document.ts';
import { findWarnings } from '../../src/engine/checking/find-warnings.ts';
import {
  explainScenario,
  type ScenarioResult as Result,
  runScenarioInSteps,
} from '../../src/engine/checking/run-scenario.ts';
import type { Warning, WarningCode } from '../../src/engine/checking/warning.ts';
import { parseRulebook } from '../../src/engine/format/parse-rulebook.ts';
import type { Rulebook } from '../../src/engine/rulebook/rulebook.ts';
import { type DraftRow, listDrafts } from '../../src/store/reading/read-rulebook.ts';
import { batched } from '../base/batched.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';
import { encodeGlobalId } from '../base/global-id.ts';
import { localeArgs, localeOf, tell } from '../base/locale.ts';

const WarningCodeType = builder.enumType('RulebookWarningCode', {
  description: 'What may not be meant in a rulebook, told apart for programs.',
  values: {
    UNUSED: { description: 'Nothing asks for a named measure or requirement.' },
    OUT_OF_ORDER: { description: 'A tier asks for less of a measure than one below it.' },
    DROPS_AT_ONCE: {
      description: 'A window begins anew on one day for all partners, and demotion is at once.',
    },
    MORE_MAY_LOWER: {
      description: 'More facts may lower the computed tier, even though none has a value below 0.',
    },
  } as const satisfies Record<WarningCode, { readonly description: string }>,
});

const RulebookWarning = builder.objectRef<Warning>('RulebookWarning').implement({
  description: 'Something in a rulebook that is allowed and may not be meant.',
  fields: (t) => ({
    code: t.expose('code', {
      type: WarningCodeType,
      description: 'Which kind of warning it is, for programs.',
    }),
    path: t.exposeString('path', { description: 'Its place in the document, a JSON pointer.' }),
    message: t.exposeString('message', { description: 'What may not be meant, and why, for people.' }),
  }),
});

type ScenarioSource = { readonly rulebook: Rulebook; readonly result: Result };

const ScenarioResult = builder.objectRef<ScenarioSource>('ScenarioResult').implement({
  description: 'What a rulebook says of a partner that one of its scenarios makes up.',
  fields: (t) => ({
    path: t.string({
      description: "The scenario's place in the document, a JSON pointer.",
      resolve: ({ result }) => result.scenario.path,
    }),
    name: t.string({
      description: 'Its name for people, in the language asked for.',
      args: localeArgs,
      resolve: ({ result }, args) => tell(result.scenario.name, args),
    }),
    isGreen: t.boolean({
      description: 'Whether everything is as it expects.',
      resolve: ({ result }) => result.mismatches.length === 0,
    }),
    mismatches: t.stringList({
      description: 'What it expects and does not get, in English sentences.',
      resolve: ({ result }) => result.mismatches.map(describeMismatch),
    }),
    explanations: t.stringList({
      description: 'Why that is so: what was asked for, what was there, and what was missing.',
      args: localeArgs,
      resolve: ({ rulebook, result }, args) => [...explainScenario(result, rulebook, localeOf(args))],
    }),
  }),
});

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
    scenarios: t.field({
      type: [ScenarioResult],
      description: "What the rulebook says of its scenarios. A draft with a red one can't be published.",
      extensions: { cost: 200 },
      resolve: async ({ programId, document }, _, { app }) => {
        const program = await app.catalogue.find('id', programId);
        const parsed = program && parseRulebook(document, program.settings);
        if (!parsed?.ok) return [];
        const { rulebook } = parsed;
        const results: ScenarioSource[] = [];
        for (const scenario of rulebook.scenarios) {
          await app.giveWay();
          const result = await finishGivingWay(app.giveWay, runScenarioInSteps(rulebook, scenario));
          results.push({ rulebook, result });
        }
        return results;
      },
    }),
    warnings: t.field({
      type: [RulebookWarning],
      description:
        'What of the rules is allowed and may not be meant. It does not keep a draft from being published.',
      extensions: { cost: 20 },
      resolve: async ({ programId, document }, _, { app }) => {
        const program = await app.catalogue.find('id', programId);
        const parsed = program && parseRulebook(document, program.settings);
        return program && parsed?.ok ? [...findWarnings(parsed.rulebook, program.settings)] : [];
      },
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
