import type { Fact } from '../../src/engine/partner/fact.ts';
import {
  countFacts,
  type FactSlice,
  listFacts,
  readFactChainsOf,
  type FactFilter as StoreFilter,
} from '../../src/store/reading/read-fact.ts';
import { batched } from '../base/batched.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';
import { NUMBERED_CURSORS } from '../base/list-cursor.ts';
import { type Page, type PageArgs, readPageArgs, toPage, toSlice } from '../base/page.ts';
import { readDay } from '../base/read-argument.ts';
import { WarningCode } from './fact-warning.ts';

export const FactFilter = builder.inputType('FactFilter', {
  description:
    'Which facts are listed. A condition that is left out does not narrow the list; several narrow it together.',
  fields: (t) => ({
    kinds: t.stringList({
      required: false,
      description:
        'Only facts of these kinds: `revenue`, `certification`, `satisfaction`, or the code of a measurement kind.',
    }),
    from: t.field({
      type: 'Date',
      required: false,
      description: 'Only facts that occurred on this day or later.',
    }),
    until: t.field({
      type: 'Date',
      required: false,
      description: 'Only facts that occurred before this day.',
    }),
    warnings: t.field({
      type: [WarningCode],
      required: false,
      description: 'Only facts that were recorded with one of these warnings.',
    }),
  }),
});

type FactPage = Page<{ readonly node: Fact; readonly cursor: string }>;

/**
 * A page of a partner's facts, newest day first; those of many partners are read together. Throws
 * BAD_USER_INPUT.
 */
export async function readFactPage(
  context: Context,
  partnerId: string,
  input: typeof FactFilter.$inferInput | null | undefined,
  args: PageArgs,
): Promise<FactPage> {
  const filter = readFactFilter(input, 'filter');
  const question = readPageArgs(args, (text, path) => {
    const { number, id } = NUMBERED_CURSORS.read(text, path);
    return { occurredOn: number, id };
  });
  const rows = await factsOf(context, partnerId, { filter, slice: toSlice(question) });
  const toEdge = (node: Fact) => ({
    node,
    cursor: NUMBERED_CURSORS.write({ number: node.occurredOn, id: node.id }),
  });
  return toPage(rows, question, toEdge, () => factCountOf(context, partnerId, filter));
}

/**
 * All versions of the fact that this one is a version of, ascending; those of many facts are read together.
 */
export function readFactVersions(context: Context, { id }: Fact): Promise<readonly Fact[]> {
  return versionsOf(context, id, null);
}

const factsOf = batched(
  async (
    { scope, app },
    partnerIds: readonly string[],
    { filter, slice }: { readonly filter: StoreFilter; readonly slice: FactSlice },
  ) => {
    const ofEach = await listFacts(scope, app.database.prisma, partnerIds, filter, slice);
    return partnerIds.map((id) => ofEach.get(id) ?? []);
  },
);

const factCountOf = batched(async ({ scope, app }, partnerIds: readonly string[], filter: StoreFilter) => {
  const counts = await countFacts(scope, app.database.prisma, partnerIds, filter);
  return partnerIds.map((id) => counts.get(id) ?? 0);
});

const versionsOf = batched(async ({ scope, app }, ids: readonly string[], _: null) => {
  const chains = await readFactChainsOf(scope, app.database.prisma, ids);
  return ids.map((id) => chains.get(id) ?? []);
});

function readFactFilter(filter: typeof FactFilter.$inferInput | null | undefined, path: string): StoreFilter {
  const kinds = filter?.kinds;
  const from = readDay(filter?.from, `${path}.from`);
  const until = readDay(filter?.until, `${path}.until`);
  return {
    ...(kinds != null && { kinds }),
    ...(from != null && { from }),
    ...(until != null && { until }),
    ...(filter?.warnings != null && { warnings: filter.warnings }),
  };
}
