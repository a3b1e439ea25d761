import type { PartnerAttributeInput as Sent } from '../../src/app/naming/partner-text.ts';
import { builder } from '../base/builder.ts';

export const PartnerAttributeInput = builder.inputType('PartnerAttributeInput', {
  description: 'A named text about a partner, by which the numbers of a rulebook may differ.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique for the partner.' }),
    value: t.string({
      required: false,
      description: 'Its value from the first day on; null takes the attribute away.',
    }),
  }),
});

/** An attribute as the app takes it. */
export function toAttribute({ name, value }: typeof PartnerAttributeInput.$inferInput): Sent {
  return { name, value: value ?? null };
}
