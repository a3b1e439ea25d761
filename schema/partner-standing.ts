import { readStanding } from '../src/app/read-standing.ts';
import { type PartnerRow, readPartners } from '../src/store/read-partner.ts';
import { builder } from './builder.ts';
import { casesFor } from './cases.ts';
import type { Context } from './context.ts';
import { badUserInput } from './errors.ts';
import { locatePartner, PartnerLocator } from './partner-locator.ts';
import { Standing } from './standing.ts';

builder.subscriptionField('partnerStanding', (t) =>
  t.field({
    description:
      "A partner's standing now, and then each new one, changes of the numbers alone included. Changes in quick succession come as one.",
    type: Standing,
    args: { partner: t.arg({ type: PartnerLocator, description: 'Whose standing is followed.' }) },
    subscribe: async (_, { partner }, context) => {
      const row = await locatePartner(partner, context);
      if (row === null) throw badUserInput('There is no such partner.', 'partner');
      return followRow(row.id, context);
    },
    resolve: (row, _, context) => {
      context.partners.prime(row.id, row);
      return readStanding(context.app, row, { on: null, knownAt: null }, casesFor(context));
    },
  }),
);

/** The partner's row now, and then each that differs from the one before. Ends at once on `return()`. */
function followRow(id: string, { app, scope, watch }: Context): AsyncIterableIterator<PartnerRow> {
  let isChanged = true;
  let isOver = false;
  let sent = '';
  let wake = (): void => {};
  const stopWatching = watch.watch(id, () => {
    isChanged = true;
    wake();
  });

  const iterator: AsyncIterableIterator<PartnerRow> = {
    async next() {
      while (!isOver) {
        if (!isChanged) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (isChanged || isOver) resolve();
          });
          continue;
        }
        isChanged = false;
        const [row] = await readPartners(scope, app.database.prisma, [id]);
        if (row === undefined || isOver) break;
        const stamp = stampOf(row);
        if (stamp === sent) continue;
        sent = stamp;
        return { value: row, done: false };
      }
      await iterator.return?.();
      return { value: undefined, done: true };
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

function stampOf({ version, lastRecordedAt, judgedOn, rulesVersion }: PartnerRow): string {
  return [version, lastRecordedAt, judgedOn, rulesVersion].join(' ');
}
