import { formatDay } from '../../engine/values/day.ts';
import {
  countUnconverted,
  lockRulebook,
  markWithdrawn,
  readPublicationFacts,
} from '../../store/writing/write-program.ts';
import { type App, type Refused, refuse } from '../context/app.ts';
import { changeRules, rulebookNotFound } from './change-rules.ts';
import { nextInstant } from './write-to-program.ts';

export type WithdrawRulebook = {
  readonly rulebook: string;
  /** Why, for people; kept with the rulebook. */
  readonly reason: string;
};

/**
 * `factsUnconverted` is how many current facts are in a currency that no rulebook of the programme knows any
 * more.
 */
export type RulebookWithdrawn = { readonly rulebookId: string; readonly factsUnconverted: number };

export type WithdrawRefusal = Refused<'RULEBOOK_NOT_FOUND' | 'NOT_WITHDRAWABLE'>;

/**
 * Withdraws the latest published rulebook, also after it took effect (rule 35). From then on partners are
 * judged as if it had never been published, in the past too; earlier answers can still be given. Every
 * partner is judged anew, as due work of any process.
 */
export async function withdrawRulebook(
  app: App,
  command: WithdrawRulebook,
): Promise<RulebookWithdrawn | WithdrawRefusal> {
  return changeRules<RulebookWithdrawn, WithdrawRefusal>(
    app,
    command.rulebook,
    async (tx, { catalogue, databaseTime }) => {
      const rulebook = await lockRulebook(tx, command.rulebook);
      if (rulebook === undefined) return rulebookNotFound();
      if (rulebook.state !== 'PUBLISHED') {
        const message =
          rulebook.state === 'WITHDRAWN'
            ? 'This rulebook was withdrawn before.'
            : 'This rulebook is a draft; only a published one can be withdrawn.';
        return refuse('NOT_WITHDRAWABLE', message);
      }
      const program = catalogue.byId.get(rulebook.programId);
      if (program === undefined) throw new Error(`The rulebook ${rulebook.id} belongs to no programme.`);
      const latest = program.rulebooks.at(-1);
      if (latest !== undefined && latest.id !== rulebook.id) {
        const message = `The rulebook of ${formatDay(latest.effectiveFrom)} follows it; withdraw that one first.`;
        return refuse('NOT_WITHDRAWABLE', message);
      }
      const now = app.clock(databaseTime);
      const { lastRecordedAt } = await readPublicationFacts(tx, program.id);
      await markWithdrawn(tx, rulebook, {
        at: nextInstant({ now, program }, [{ lastRecordedAt }]),
        reason: command.reason,
      });
      const left = program.rulebooks.filter(({ id }) => id !== rulebook.id);
      const currencies = left.flatMap(({ rulebook: { currencies } }) =>
        currencies.flatMap(({ equal }) => [...equal.keys()]),
      );
      const known = [...new Set([program.settings.currency, ...currencies])];
      return { rulebookId: rulebook.id, factsUnconverted: await countUnconverted(tx, program.id, known) };
    },
  );
}
