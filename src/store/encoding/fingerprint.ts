import { createHash } from 'node:crypto';
import type { Fact } from '../../engine/partner/fact.ts';
import { formatDecimal } from '../../engine/values/fraction.ts';

/** What of a fact decides whether another row says the same: all but its key. */
export type FingerprintedContent = Pick<
  Fact,
  | 'partnerId'
  | 'kind'
  | 'occurredOn'
  | 'expiresOn'
  | 'value'
  | 'currency'
  | 'person'
  | 'credential'
  | 'customer'
  | 'respondent'
  | 'subject'
  | 'attributes'
>;

/**
 * SHA-256 (hexadecimal) of a fact's content: equal for rows with the same content, however it was written.
 */
export function fingerprintOf(content: FingerprintedContent): string {
  const parts = [
    content.partnerId,
    content.kind,
    content.occurredOn,
    content.expiresOn,
    content.value && formatDecimal(content.value),
    content.currency,
    content.person,
    content.credential,
    content.customer,
    content.respondent,
    content.subject,
    Object.entries(content.attributes).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
