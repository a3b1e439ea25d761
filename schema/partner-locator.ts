import { type PartnerRow, readPartnersByRef } from '../src/store/read-partner.ts';
import { batched } from './batched.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { decodeGlobalId } from './global-id.ts';
import { isText } from './read-argument.ts';

/** A partner by its programme and the vendor's key. */
export const PartnerRef = builder.inputType('PartnerRef', {
  description: 'A partner by the key that its vendor gave it.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    externalRef: t.string({ description: "The vendor's key." }),
  }),
});

export const PartnerLocator = builder.inputType('PartnerLocator', {
  description: 'What tells a partner from all others: its global id, or what its vendor calls it.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ required: false, description: 'What `Partner.id` said of it.' }),
    ref: t.field({
      type: PartnerRef,
      required: false,
      description: 'What the vendor calls it, in one programme.',
    }),
  }),
});

/** The partner that a locator names; null if there is none, or the viewer may not see it. */
export async function locatePartner(
  { id, ref }: typeof PartnerLocator.$inferInput,
  context: Context,
): Promise<PartnerRow | null> {
  if (id !== null && id !== undefined) {
    const decoded = decodeGlobalId(id);
    return decoded?.typeName === 'Partner' ? context.partners.load(decoded.id) : null;
  }
  if (ref === null || ref === undefined || !isText(ref.externalRef)) return null;
  const program = await context.app.directory.find('code', ref.program);
  if (program === undefined) return null;
  const row = await byRef(context, ref.externalRef, program.id);
  if (row !== null) context.partners.prime(row.id, row);
  return row;
}

const byRef = batched(async ({ scope, app }, refs: readonly string[], programId: string) => {
  const rows = await readPartnersByRef(scope, app.database.prisma, programId, refs);
  const found = new Map(rows.map((row) => [row.externalRef, row]));
  return refs.map((ref) => found.get(ref) ?? null);
});
