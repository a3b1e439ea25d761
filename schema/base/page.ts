import { builder } from './builder.ts';
import { badUserInput } from './errors.ts';

const DEFAULT_SIZE = 20;
const LARGEST_SIZE = 100;

/** The arguments of a list, which is read in both directions. */
export const pageArgs = builder.args((t) => ({
  first: t.int({
    required: false,
    description: `Forwards: how many at most, 0 to ${LARGEST_SIZE}; ${DEFAULT_SIZE} if neither \`first\` nor \`last\` is given.`,
  }),
  after: t.string({ required: false, description: 'Forwards: begin after the edge with this cursor.' }),
  last: t.int({ required: false, description: `Backwards: how many at most, 0 to ${LARGEST_SIZE}.` }),
  before: t.string({ required: false, description: 'Backwards: end before the edge with this cursor.' }),
}));

/** The arguments that a list is asked for with. */
export type PageArgs = {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

/**
 * Which page is wanted: a number of entries after a place or, backwards, before it; from the beginning or the
 * end of the list if there is no place.
 */
export type PageQuestion<Place> = {
  readonly size: number;
  readonly backwards: boolean;
  readonly beyond: Place | null;
};

/** Reads which page is wanted. Throws BAD_USER_INPUT that names the argument, as `readCursor` must. */
export function readPageArgs<Place>(
  { first, after, last, before }: PageArgs,
  readCursor: (text: string, path: string) => Place,
): PageQuestion<Place> {
  const backwards = last != null || before != null;
  if (backwards && (first != null || after != null)) {
    throw badUserInput(
      'A page is read forwards with `first` and `after`, or backwards with `last` and `before`.',
      'last',
    );
  }
  const [size, cursor, path] = backwards
    ? [readSize(last, 'last'), before, 'before']
    : [readSize(first, 'first'), after, 'after'];
  return { size, backwards, beyond: cursor == null ? null : readCursor(cursor, path) };
}

function readSize(size: number | null | undefined, path: string): number {
  const read = size ?? DEFAULT_SIZE;
  if (read < 0 || read > LARGEST_SIZE) throw badUserInput(`A page has 0 to ${LARGEST_SIZE} entries.`, path);
  return read;
}

/** What the store is asked for: one entry more than the page has, to see whether there is more. */
export function toSlice<Place>({ size, ...question }: PageQuestion<Place>) {
  return { ...question, limit: size + 1 };
}

/** A page as the connection types expect it; `count` is called only when the query asks for it. */
export type Page<Edge> = {
  readonly edges: Edge[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly count: () => number | Promise<number>;
};

/**
 * Makes a page of a slice from the store. The slice is in the order of the list, even if it was read
 * backwards.
 */
export function toPage<Row, Edge extends { readonly cursor: string }>(
  rows: readonly Row[],
  { size, backwards, beyond }: PageQuestion<unknown>,
  toEdge: (row: Row) => Edge,
  count: () => number | Promise<number>,
): Page<Edge> {
  const hasMore = rows.length > size;
  // Read backwards, the extra row is the first one.
  const edges = (backwards && hasMore ? rows.slice(1) : rows.slice(0, size)).map(toEdge);
  const cameFrom = beyond !== null;
  return {
    edges,
    pageInfo: {
      hasNextPage: backwards ? cameFrom : hasMore,
      hasPreviousPage: backwards ? hasMore : cameFrom,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    count,
  };
}

/**
 * A page of a list that is in memory as a whole. `cursorOf` has to tell its entries apart. Throws
 * BAD_USER_INPUT for an unknown cursor.
 */
export function slicePage<Row>(
  rows: readonly Row[],
  args: PageArgs,
  cursorOf: (row: Row) => string,
): Page<{ readonly node: Row; readonly cursor: string }> {
  const edges = rows.map((node) => ({ node, cursor: cursorOf(node) }));
  const question = readPageArgs(args, (text, path) => {
    const index = edges.findIndex(({ cursor }) => cursor === text);
    if (index < 0) throw badUserInput('This is not a cursor of this list.', path);
    return index;
  });
  const { size, backwards, beyond } = question;
  const until = backwards ? (beyond ?? edges.length) : edges.length;
  const from = backwards ? Math.max(0, until - size - 1) : beyond === null ? 0 : beyond + 1;
  return toPage(
    edges.slice(from, backwards ? until : from + size + 1),
    question,
    (edge) => edge,
    () => rows.length,
  );
}
