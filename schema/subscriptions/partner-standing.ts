import { readStanding } from '../../src/app/reading/read-standing.ts';
import { EventSource, type Receiver } from '../../src/events/event-source.ts';
import { type PartnerRow, readPartners } from '../../src/store/reading/read-partner.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';
import { badUserInput } from '../base/errors.ts';
import { locatePartner, PartnerLocator } from '../partners/partner-locator.ts';
import { inputsFor } from '../proofs/inputs.ts';
import { Standing } from '../proofs/standing.ts';

builder.subscriptionField('partnerStanding', (t) =>
  t.field({
    description:
      "A partner's current standing, and then each new one, also when only its numbers change. Changes in quick succession come as one.",
    type: Standing,
    args: { partner: t.arg({ type: PartnerLocator, description: 'Whose standing is pushed.' }) },
    subscribe: async (_, { partner }, context) => {
      const row = await locatePartner(partner, context, 'partner.ref.externalRef');
      if (row === null) throw badUserInput('There is no such partner.', 'partner');
      return new FollowedPartner(row, context);
    },
    resolve: (row, _, context) => {
      context.partners.prime(row.id, row);
      return readStanding(context.app, row, { on: null, knownAt: null }, inputsFor(context));
    },
  }),
);

/**
 * What a follower of a partner does:
 *
 *     IDLE -- pull --> WAITING -- there is a new row --> CHECKING -- it is in scope --> IDLE
 *
 * and from each of them to ENDED by `close`; from CHECKING also when the partner has left the scope, or that
 * can't be read.
 */
type State = 'IDLE' | 'WAITING' | 'CHECKING' | 'ENDED';

/** The partner's row, which is in scope, and then each newer one for as long as it is. */
class FollowedPartner extends EventSource<PartnerRow> {
  readonly #context: Context;
  readonly #mayLeaveScope: boolean;
  readonly #stopWatching: () => void;
  #state: State = 'IDLE';
  #latest: PartnerRow;
  #told: PartnerRow | undefined;
  #receiver: Receiver<PartnerRow> | undefined;

  constructor(first: PartnerRow, context: Context) {
    super();
    this.#context = context;
    this.#latest = first;
    const { scope, watch } = context;
    // Programmes stay in scope, and so does who follows itself; an affiliate may leave.
    this.#mayLeaveScope = scope.partner !== null && scope.partner !== first.id;
    this.#stopWatching = watch.watch(first.id, (row) => this.#see(row));
  }

  pull(receiver: Receiver<PartnerRow>): void {
    if (this.#state === 'ENDED') {
      receiver.finish();
      return;
    }
    this.#receiver = receiver;
    this.#state = 'WAITING';
    this.#tellWhatIsNew();
  }

  close(): void {
    this.#state = 'ENDED';
    this.#stopWatching();
    this.#takeReceiver()?.finish();
  }

  #see(row: PartnerRow): void {
    // Its row is written too when something is recorded about a partner that was its affiliate, which it must
    // not learn of.
    const isDiscreet = this.#context.scope.partner !== null;
    if (isNewer(row, this.#latest) && !(isDiscreet && saysTheSame(row, this.#latest))) this.#latest = row;
    this.#tellWhatIsNew();
  }

  #tellWhatIsNew(): void {
    if (this.#state !== 'WAITING' || this.#latest === this.#told) return;
    this.#state = 'CHECKING';
    const row = this.#latest;
    if (this.#told === undefined || !this.#mayLeaveScope) this.#tell(row);
    else {
      this.#isInScope()
        .then((isInScope) => (isInScope ? this.#tell(row) : this.close()))
        .catch((error: unknown) => this.#fail(error));
    }
  }

  async #isInScope(): Promise<boolean> {
    const { scope, app } = this.#context;
    return (await readPartners(scope, app.database.prisma, [this.#latest.id])).length > 0;
  }

  #tell(row: PartnerRow): void {
    if (this.#state === 'ENDED') return;
    this.#state = 'IDLE';
    this.#told = row;
    this.#takeReceiver()?.receive(row);
  }

  #fail(error: unknown): void {
    this.#takeReceiver()?.fail(error);
    this.close();
  }

  #takeReceiver(): Receiver<PartnerRow> | undefined {
    const receiver = this.#receiver;
    this.#receiver = undefined;
    return receiver;
  }
}

/** Each of these only grows, and at least one grows whenever the row is written. */
function isNewer(row: PartnerRow, other: PartnerRow): boolean {
  return (
    row.version > other.version ||
    row.lastRecordedAt > other.lastRecordedAt ||
    (row.judgedOn ?? 0) > (other.judgedOn ?? 0) ||
    row.rulesVersion > other.rulesVersion
  );
}

/** Whether the standings differ in nothing but when they were recorded. */
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
