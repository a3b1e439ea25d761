import type { Characteristic, VariedNumber } from '../rulebook/rulebook.ts';
import { COMPARISONS } from '../values/comparison.ts';
import { LONGEST_NAME } from '../values/naming-text.ts';
import { pointer } from './problem.ts';
import { namedRecord } from './record-shape.ts';
import { decimal, text } from './scalar-shape.ts';
import { byKey, mapped, object, optional, type Shape, textOr } from './shape.ts';

const LONGEST_FIELD = 'attributes.'.length + LONGEST_NAME;

const ATTRIBUTE = /^attributes\.[^\s.][^\s]*$/;

/** What numbers may differ by. */
const characteristicShape: Shape<Characteristic> = mapped(
  text(/./, 'what partners differ by', 'field'),
  (written, path, reading) => {
    const name = reading.name(written, path, LONGEST_FIELD);
    if (name === undefined) return undefined;
    return isCharacteristic(name)
      ? name
      : reading.refuse(
          path,
          'This has to be "region", "country", or an attribute of partners such as "attributes.size".',
        );
  },
);

function isCharacteristic(text: string): text is Characteristic {
  return text === 'region' || text === 'country' || ATTRIBUTE.test(text);
}

/** One number for all partners, or one for each value of what it differs by, with a default for others. */
export const variedNumberShape: Shape<VariedNumber> = textOr<VariedNumber>(
  mapped(decimal, (number) => ({ default: number, by: 'region', values: new Map() })),
  byKey<VariedNumber>({
    regions: object(
      { default: decimal, regions: namedRecord('variedNumbers', decimal) },
      ({ default: number, regions }) => ({ default: number, by: 'region', values: regions }),
    ),
    by: object(
      { default: decimal, by: characteristicShape, values: namedRecord('variedNumbers', decimal) },
      (number, path, reading) => {
        if (!reading.allows(2, '"by"', pointer(path, 'by'))) return undefined;
        reading.characteristics.add(number.by);
        return number;
      },
    ),
  }),
);

/** The fields of which one has to be there: how something compares with a number. */
export const boundFields = {
  atLeast: optional(variedNumberShape),
  above: optional(variedNumberShape),
  atMost: optional(variedNumberShape),
  below: optional(variedNumberShape),
};

export const BOUND_KEYS = COMPARISONS.map(([key]) => key);
