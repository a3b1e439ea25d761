import { readReferences, refuseName } from '../../src/app/naming/references.ts';
import { type PartnerRow, readPartnersByRef } from '../../src/store/reading/read-partner.ts';
import { batched } from '../base/batched.ts';
import { builder } from '../base/builder.ts';
import type { Context } from '../base/context.ts';
import { badUserInput } from '../base/errors.ts';
import { decodeGlobalId } from '../base/global-id.ts';

/** A partner by its programme and the vendor's key. */
export const PartnerRef = builder.inputType('PartnerRef', {
  description: 'A partner, by its external reference.',
  fields: (t) => ({
    program: t.string({ description: 'The programme, by its code, such as connect.' }),
    externalRef: t.string({ description: "The external reference: the vendor's own key." }),
  }),
});

export const PartnerLocator = builder.inputType('PartnerLocator', {
  description: 'A way to name a partner: by its global id, or by its external reference.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ required: false, description: 'The global id, as `Partner.id` gives it.' }),
    ref: t.field({
      type: PartnerRef,
      required: false,
      description: 'Its programme and its external reference.',
    }),
  }),
});

/**
 * The partner that a locator names; null if there is none, or the viewer may not see it. Throws
 * BAD_USER_INPUT for a reference that no partner can have; `path` is its place.
 */
export async function locatePartner(
  { id, ref }: typeof PartnerLocator.$inferInput,
  context: Context,
  path: string,
): Promise<PartnerRow | null> {
  if (id !== null && id !== undefined) {
    const decoded = decodeGlobalId(id);
    return decoded?.typeName === 'Partner' ? context.partners.load(decoded.id) : null;
  }
  if (ref === null || ref === undefined) return null;
  const program = await context.app.catalogue.find('code', ref.program);
  const row = program === undefined ? null : await byRef(context, ref.externalRef, program.id);
  if (row !== null) context.partners.prime(row.id, row);
  const refused = row === null ? refuseName(ref.externalRef, path) : null;
  if (refused !== null) throw badUserInput(refused.message, refused.path);
  return row;
}

const byRef = batched(async ({ scope, app }, refs: readonly string[], programId: string) => {
  const program = await app.catalogue.find('id', programId);
  if (program === undefined) return refs.map(() => null);
  const { stored, pick } = await readReferences(app.database.prisma, program, refs);
  const rows = await readPartnersByRef(scope, app.database.prisma, programId, stored);
  const found = new Map(rows.map((row) => [row.externalRef, row]));
  return refs.map((ref) => pick(found, ref) ?? null);
});
