import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  Lexer,
  type SelectionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql';
import { type LimitName, type Limits, limitExceeded } from '../settings/limits.ts';

/** How far tokens are counted, in times of what is allowed. */
const COUNTED_TIMES = 25;

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Counts the tokens of a document's text before it is parsed. Throws a syntax error, or the limit that the
 * text is beyond.
 */
export function checkText(text: string, limits: Pick<Limits, 'tokens' | 'nesting'>): number {
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  let open = 0;
  let nesting = 0;
  for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; { kind } = lexer.advance()) {
    tokens += 1;
    if (OPENING.has(kind)) nesting = Math.max(nesting, ++open);
    if (CLOSING.has(kind)) open -= 1;
    if (tokens > limits.tokens * COUNTED_TIMES) throw limitExceeded('tokens', limits.tokens, null);
  }
  if (tokens > limits.tokens) throw limitExceeded('tokens', limits.tokens, tokens);
  if (nesting > limits.nesting) throw limitExceeded('nesting', limits.nesting, nesting);
  return tokens;
}

const COUNTED = [
  'depth',
  'fields',
  'aliases',
  'directives',
  'introspectionDepth',
] as const satisfies LimitName[];

/**
 * How large a selection is with its fragments unfolded. `lists`: how deep, if it is about the schema's own
 * types.
 */
type Size = Readonly<Record<(typeof COUNTED)[number] | 'lists', number>>;

const NOTHING: Size = { depth: 0, fields: 0, aliases: 0, directives: 0, introspectionDepth: 0, lists: 0 };

/** Where the schema's own types begin. */
const INTROSPECTION: ReadonlySet<string> = new Set(['__schema', '__type']);

/** The lists by which the schema's own types lead to one another. */
const INTROSPECTION_LISTS: ReadonlySet<string> = new Set([
  'fields',
  'inputFields',
  'interfaces',
  'possibleTypes',
]);

/**
 * Checks how large each operation and fragment is. It needs no valid document: what is not there counts
 * nothing, and a fragment within itself counts once. Takes time for what is written, not for what that
 * unfolds to. Returns the error, or how many pairs of fields they have, each by itself.
 */
export function checkSize(document: DocumentNode, limits: Limits): GraphQLError | number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<FragmentDefinitionNode, Size>();

  const sizeOfFragment = (fragment: FragmentDefinitionNode): Size => {
    const known = measured.get(fragment);
    if (known !== undefined) return known;
    measured.set(fragment, NOTHING);
    const size = withDirectives(sizeOfSelections(fragment.selectionSet), fragment.directives);
    measured.set(fragment, size);
    return size;
  };

  const sizeOfSelections = ({ selections }: SelectionSetNode): Size => {
    let total = NOTHING;
    for (const selection of selections) {
      total = sum(total, withDirectives(sizeOfSelection(selection), selection.directives));
    }
    return total;
  };

  const sizeOfSelection = (selection: SelectionNode): Size => {
    switch (selection.kind) {
      case Kind.FIELD: {
        const within =
          selection.selectionSet === undefined ? NOTHING : sizeOfSelections(selection.selectionSet);
        const name = selection.name.value;
        return {
          depth: within.depth + 1,
          fields: within.fields + 1,
          aliases: within.aliases + (selection.alias === undefined ? 0 : 1),
          directives: within.directives,
          introspectionDepth: INTROSPECTION.has(name) ? within.lists : within.introspectionDepth,
          lists: within.lists + (INTROSPECTION_LISTS.has(name) ? 1 : 0),
        };
      }
      case Kind.INLINE_FRAGMENT:
        return sizeOfSelections(selection.selectionSet);
      case Kind.FRAGMENT_SPREAD: {
        const fragment = fragments.get(selection.name.value);
        return fragment === undefined ? NOTHING : sizeOfFragment(fragment);
      }
    }
  };

  let pairs = 0;
  for (const definition of document.definitions) {
    let size = NOTHING;
    if (definition.kind === Kind.FRAGMENT_DEFINITION) size = sizeOfFragment(definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      size = withDirectives(sizeOfSelections(definition.selectionSet), definition.directives);
      for (const variable of definition.variableDefinitions ?? []) {
        size = withDirectives(size, variable.directives);
      }
    }
    for (const name of COUNTED) {
      if (size[name] > limits[name]) return limitExceeded(name, limits[name], size[name]);
    }
    pairs += size.fields ** 2;
  }
  return pairs;
}

function sum(one: Size, other: Size): Size {
  return {
    depth: Math.max(one.depth, other.depth),
    fields: one.fields + other.fields,
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
    introspectionDepth: Math.max(one.introspectionDepth, other.introspectionDepth),
    lists: Math.max(one.lists, other.lists),
  };
}

function withDirectives(size: Size, directives: readonly DirectiveNode[] = []): Size {
  return directives.length === 0 ? size : { ...size, directives: size.directives + directives.length };
}
