import { badUserInput } from './errors.ts';

/** The cursors of a list: opaque texts for places in it. */
export type ListCursors<Place> = {
  write(place: Place): string;
  /** Throws BAD_USER_INPUT that names `path` if the text is not a cursor of the list. */
  read(text: string, path: string): Place;
};

/** Makes a text opaque. */
export function toOpaque(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** Makes the cursors of a list. `parse` returns null for a text that `format` did not write. */
export function createListCursors<Place>(
  format: (place: Place) => string,
  parse: (text: string) => Place | null,
  list = 'this list',
): ListCursors<Place> {
  return {
    write: (place) => toOpaque(format(place)),
    read(cursor, path) {
      const bytes = Buffer.from(cursor, 'base64url');
      const text = bytes.toString();
      const place = bytes.equals(Buffer.from(text)) ? parse(text) : null;
      if (place === null) throw badUserInput(`This is not a cursor of ${list}.`, path);
      return place;
    },
  };
}

/** A place in a list that is sorted by a whole number, and by id where that is the same. */
export type NumberedPlace = { readonly number: number; readonly id: string };

const NUMBER_AND_ID = /^(-?\d{1,15}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const NUMBERED_CURSORS = createListCursors<NumberedPlace>(
  ({ number, id }) => `${number} ${id}`,
  (text) => {
    const [, number, id] = NUMBER_AND_ID.exec(text) ?? [];
    return number === undefined || id === undefined ? null : { number: Number(number), id };
  },
);
