import { askedFor, findWarning } from '../../engine/measuring/fact-warning.ts';
import type { Fact, FactWarning } from '../../engine/partner/fact.ts';
import { memberships } from '../../engine/partner/membership.ts';
import { resolveEntries } from '../../engine/partner/resolve-entries.ts';
import type { LockedPartner } from '../../store/writing/lock-partners.ts';
import { readEntries } from '../../store/writing/write-partner.ts';
import type { Writing } from './write-to-program.ts';

/** What to warn of about a fact of these locked partners, as of now. */
export async function createWarner(
  { tx, program, today }: Writing,
  partners: readonly LockedPartner[],
): Promise<(fact: Fact) => FactWarning | null> {
  // One that was only ever enrolled has not left, so that most writes read nothing here.
  const changed = partners.filter(({ wasChanged }) => wasChanged).map(({ id }) => id);
  const entries = changed.length === 0 ? [] : await readEntries(tx, changed);
  const ofPartner = new Map(
    [...Map.groupBy(entries, ({ partnerId }) => partnerId)].map(([id, rows]) => [
      id,
      memberships(resolveEntries(rows)),
    ]),
  );
  const asked = askedFor(program.rulebooks, today);
  return (fact) => findWarning(fact, { today, asked, memberships: ofPartner.get(fact.partnerId) ?? [] });
}
