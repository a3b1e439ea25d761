import { randomUUIDv7 } from 'node:crypto';
import type { Fact } from '../../engine/partner/fact.ts';
import { TryAgain } from '../../store/connection/transaction.ts';
import { fingerprintOf } from '../../store/encoding/fingerprint.ts';
import type { LogEntry } from '../../store/encoding/log-entry.ts';
import { lockPartners } from '../../store/writing/lock-partners.ts';
import {
  type FingerprintedFact,
  insertFacts,
  readFactChains,
  supersedeFact,
} from '../../store/writing/write-facts.ts';
import { type App, type Refused, refuse } from '../context/app.ts';
import { BeyondItems, rejectItem } from '../judging/bound-items.ts';
import { checkFact } from '../naming/check-fact.ts';
import type { FactInput, RowRejection } from '../naming/fact-input.ts';
import { readPersons, withPerson } from '../naming/persons.ts';
import { findPartner, pickSpelling, refuseName, rejectPartner, spellingsOf } from '../naming/references.ts';
import { createWarner } from './warn.ts';
import {
  changePartners,
  nextInstant,
  type WriteRefusal,
  type Writing,
  writeToProgram,
} from './write-to-program.ts';

/**
 * The chain of versions that a correction or a void adds to, and the version that it expects to be the
 * current one.
 */
export type FactKey = {
  readonly program: string;
  readonly source: string;
  readonly externalId: string;
  readonly expectedVersion: number;
};

/** The key's new current version; `duplicate` if the same call had made it before. */
export type FactAmended = {
  readonly fact: Fact;
  readonly duplicate: boolean;
  readonly changes: readonly LogEntry[];
};

/** `current` is the version that is there instead of the expected one. */
export type VersionConflict = Refused<'VERSION_CONFLICT'> & { readonly current: Fact };

/** The new content isn't acceptable, for the reason in `rejection`. */
export type ContentRefused = Refused<'CONTENT_REFUSED'> & { readonly rejection: RowRejection };

export type AmendRefusal =
  | Refused<'FACT_NOT_FOUND'>
  | (Refused<'INVALID_INPUT'> & { readonly path: string })
  | VersionConflict
  | WriteRefusal;

/**
 * Replaces the content of a fact, its partner included. Every day that it affects is judged anew. Sending it
 * again changes nothing.
 */
export async function correctFact(
  app: App,
  command: FactKey & { readonly fact: Omit<FactInput, 'externalId'> },
): Promise<FactAmended | AmendRefusal | ContentRefused> {
  return writeToProgram(
    app,
    command.program,
    async (writing): Promise<FactAmended | AmendRefusal | ContentRefused> => {
      // The key is used to look up stored facts, and needs no reading.
      const checked = checkFact({ ...command.fact, externalId: '-' }, 'fact', writing.program);
      if ('code' in checked) return contentRefused(checked);
      // The key stays as it is stored.
      const { partner: ref, externalId: _, ...content } = checked;
      // Read without a lock: partners are locked all at once, in the one order in which all transactions
      // lock.
      const targetId = await findPartner(writing.tx, writing.program, ref);
      if (targetId === undefined) {
        return contentRefused(rejectPartner(ref, 'fact.partner'));
      }
      const { tx, program } = writing;
      const persons = await readPersons(tx, program, content.person === null ? [] : [content.person]);
      const spelled = withPerson(content, persons);
      if (spelled.person !== null) persons.add(spelled.person);
      const fingerprint = fingerprintOf({ ...spelled, partnerId: targetId });
      const amended = await amend(writing, command, targetId, (current) => ({
        fact: { ...current, ...spelled, partnerId: targetId, voided: false },
        fingerprint,
      }));
      if ('fact' in amended && !amended.duplicate) await persons.keep(tx);
      return amended;
    },
  ).catch((error: unknown) => {
    const excess = error instanceof BeyondItems ? error.excesses[0] : undefined;
    if (excess === undefined) throw error;
    return contentRefused(rejectItem(excess, command.fact, 'fact'));
  });
}

/** Voids a fact: it no longer counts, but stays visible. Sending it again changes nothing. */
export async function voidFact(app: App, command: FactKey): Promise<FactAmended | AmendRefusal> {
  return writeToProgram(app, command.program, (writing) =>
    amend(writing, command, null, (current, fingerprint) => ({
      fact: { ...current, voided: true },
      fingerprint,
    })),
  );
}

function contentRefused(rejection: RowRejection): ContentRefused {
  return {
    ...refuse('CONTENT_REFUSED', rejection.message),
    rejection,
  };
}

/**
 * Adds the version that `next` makes of the current one; `targetId` is the partner that the fact may move to.
 */
async function amend(
  writing: Writing,
  key: FactKey,
  targetId: string | null,
  next: (current: Fact, fingerprint: string) => FingerprintedFact,
): Promise<FactAmended | AmendRefusal> {
  const { tx, program } = writing;
  const readChain = async () => {
    for (const source of spellingsOf(key.source)) {
      const spellings = spellingsOf(key.externalId);
      const chain = pickSpelling(await readFactChains(tx, program.id, source, spellings), spellings);
      if (chain !== undefined) return chain;
    }
    return [];
  };

  const ownerId = (await readChain()).at(-1)?.fact.partnerId;
  if (ownerId === undefined) {
    const unreadable = refuseName(key.source, 'source') ?? refuseName(key.externalId, 'externalId');
    if (unreadable !== null) return unreadable;
    const message = `The source ${JSON.stringify(key.source)} has no fact under ${JSON.stringify(key.externalId)}.`;
    return refuse('FACT_NOT_FOUND', message);
  }
  const partners = await lockPartners(tx, program.id, {
    ids: targetId === null ? [ownerId] : [ownerId, targetId],
    withAncestors: program.countsFamilies,
  });
  const chain = await readChain();
  const current = chain.at(-1);
  // It was moved to another partner before this transaction had the lock.
  if (current === undefined || current.fact.partnerId !== ownerId) throw new TryAgain();

  const recordedAt = nextInstant(writing, partners);
  const { fact: amended, fingerprint } = next(current.fact, current.fingerprint);
  const version = key.expectedVersion + 1;
  const there = chain.find(({ fact }) => fact.version === version);
  if (there !== undefined && there.fingerprint === fingerprint && there.fact.voided === amended.voided) {
    return { fact: there.fact, duplicate: true, changes: [] };
  }
  if (current.fact.version !== key.expectedVersion) {
    const message = `The current version is ${current.fact.version}, not ${key.expectedVersion}.`;
    return { ...refuse('VERSION_CONFLICT', message), current: current.fact };
  }
  if (current.fingerprint === fingerprint && current.fact.voided === amended.voided) {
    return { fact: current.fact, duplicate: true, changes: [] };
  }
  const warn = await createWarner(
    writing,
    partners.filter(({ id }) => id === amended.partnerId),
  );
  const warning = amended.voided ? null : warn(amended);
  const fact: Fact = { ...amended, id: randomUUIDv7(), version, recordedAt, supersededAt: null, warning };
  const changes = await changePartners(
    writing,
    partners,
    {
      trigger: 'FACT',
      recordedAt,
      // Both the partner that it belonged to and the one that it belongs to now.
      causesOf: (id) => (id === ownerId || id === fact.partnerId ? [fact.id] : []),
      arrivalsOf: () => ({ isNew: ({ id }) => id === fact.id, replaced: [current.fact] }),
    },
    async () => {
      const inserted = await insertFacts(tx, program.id, [{ fact, fingerprint }]);
      const superseded = await supersedeFact(tx, current.fact.id, recordedAt);
      if (inserted.size === 0 || !superseded) throw new TryAgain();
    },
  );
  return { fact, duplicate: false, changes };
}
