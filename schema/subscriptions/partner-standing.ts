import { readStanding } from '../../src/app/reading/read-standing.ts';
import { type PartnerRow, readPartners } from '../../src/store/reading/read-partner.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';
import { badUserInput } from '../base/errors.ts';
import { locatePartner, PartnerLocator } from '../partners/partner-locator.ts';
import { casesFor } from '../proofs/cases.ts';
import { Standing } from '../proofs/standing.ts';

builder.subscriptionField('partnerStanding', (t) =>
  t.field({
    description:
      "A partner's standing now, and then each new one, changes of the numbers alone included. Changes in quick succession come as one.",
    type: Standing,
    args: { partner: t.arg({ type: PartnerLocator, description: 'Whose standing is followed.' }) },
    subscribe: async (_, { partner }, context) => {
      const row = await locatePartner(partner, context, 'partner.ref.externalRef');
      if (row === null) throw badUserInput('There is no such partner.', 'partner');
      return followRow(row, context);
    },
    resolve: (row, _, context) => {
      context.partners.prime(row.id, row);
      return readStanding(context.app, row, { on: null, knownAt: null }, casesFor(context));
    },
  }),
);

/** The partner's row, which is in scope, and then each newer one for as long as it is. Ends at once on `return()`. */
function followRow(first: PartnerRow, { app, scope, watch }: Context): AsyncIterableIterator<PartnerRow> {
  let latest = first;
  let sent: PartnerRow | undefined;
  let isOver = false;
  let wake = (): void => {};
  // Its row is written too when something is recorded about a partner that was its affiliate, which it must not learn of.
  const isDiscreet = scope.partner !== null;
  const stopWatching = watch.watch(first.id, (row) => {
    if (isNewer(row, latest) && !(isDiscreet && saysTheSame(row, latest))) latest = row;
    wake();
  });
  // Programmes stay in scope, and so does who follows itself; an affiliate may leave.
  const mayLeaveScope = scope.partner !== null && scope.partner !== first.id;

  const iterator: AsyncIterableIterator<PartnerRow> = {
    async next() {
      while (!isOver && latest === sent) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (isOver || latest !== sent) resolve();
        });
      }
      const row = latest;
      if (!isOver && mayLeaveScope && sent !== undefined) {
        const seen = await readPartners(scope, app.database.prisma, [row.id]);
        if (seen.length === 0) await iterator.return?.();
      }
      if (isOver) return { value: undefined, done: true };
      sent = row;
      return { value: row, done: false };
    },
    async return() {
      isOver = true;
      stopWatching();
      wake();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

/** Each of these only grows, and none is the same once the row was written. */
function isNewer(row: PartnerRow, other: PartnerRow): boolean {
  return (
    row.version > other.version ||
    row.lastRecordedAt > other.lastRecordedAt ||
    (row.judgedOn ?? 0) > (other.judgedOn ?? 0) ||
    row.rulesVersion > other.rulesVersion
  );
}

/** Nothing that a standing says is another, but by when all of it was recorded. */
function saysTheSame(row: PartnerRow, other: PartnerRow): boolean {
  return CONTENT.every((field) => JSON.stringify(row[field]) === JSON.stringify(other[field]));
}

const CONTENT = [
  'version',
  'name',
  'country',
  'region',
  'parentId',
  'enrolledOn',
  'leftOn',
  'status',
  'measurements',
  'alternatives',
  'specializations',
  'nextChangeOn',
  'rulesVersion',
] as const satisfies readonly (keyof PartnerRow)[];
