/**
 * How many texts get a name, far more than there are of ours. A session keeps what it has prepared until it
 * ends, so that texts without end would take its memory.
 */
const MOST_NAMES = 500;

/**
 * The tables of Prisma's models, which have their schema before them. The texts of models grow with lists of
 * values.
 */
const BY_MODEL = /"public"\./;

/**
 * Makes what names statements, so that a session prepares each once. An empty name is none: the statement is
 * prepared each time.
 */
export function createStatementNames(most = MOST_NAMES): (statement: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= most || BY_MODEL.test(sql)) return '';
    const name = `s${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}
