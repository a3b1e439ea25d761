import type { Ambient } from './import-table.ts';
import { childOf, childrenOf, nameOf, type SyntaxNode } from './syntax-tree.ts';

/**
 * A use of something that the code was not given: a clock, the environment, randomness, the machine's time
 * zone.
 */
export type AmbientUse = { readonly what: string; readonly start: number };

/** What each kind of code is refused, in the order of the source. */
export function ambientUses(program: SyntaxNode, ambient: Ambient): AmbientUse[] {
  const uses: AmbientUse[] = [];
  const declared = new Set<string>();
  collectDeclared(program, declared);
  visit(program, null, (node, parent) => {
    const what = ambient === 'PURE' ? impurityOf(node, parent, declared) : refusedTo(ambient, node);
    if (what !== null) uses.push({ what, start: node.start });
  });
  return uses.sort((one, other) => one.start - other.start);
}

/** Globals of the language itself that give the same answer everywhere and always. */
const PURE_GLOBALS = new Set(
  (
    'undefined NaN Infinity Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Error Float64Array Int8Array ' +
    'Int32Array Iterator JSON Map Number Object RangeError RegExp Set String Symbol SyntaxError TypeError Uint8Array ' +
    'Uint32Array WeakMap WeakSet isFinite isNaN parseFloat parseInt structuredClone'
  ).split(' '),
);
/** Globals of which PURE code may only name the members that pass, written out at the use. */
const PARTLY_PURE_GLOBALS = new Map<string, (member: string) => boolean>([
  ['Math', (member) => member !== 'random'],
  ['Temporal', (member) => member !== 'Now'],
  ['Date', (member) => member === 'UTC'],
]);
/** Members that answer by the machine's time zone or language. */
const LOCAL_MEMBERS =
  /^(get(Date|Day|FullYear|Hours|Minutes|Month|Seconds|TimezoneOffset|Year)|set(Date|FullYear|Hours|Minutes|Month|Seconds)|toLocale\w*|localeCompare)$/;

function impurityOf(
  node: SyntaxNode,
  parent: SyntaxNode | null,
  declared: ReadonlySet<string>,
): string | null {
  if (node.type === 'MetaProperty' && nameOf(childOf(node, 'meta')) === 'import') return 'import.meta';
  const member = memberOf(node);
  if (member !== null) {
    if (member.name !== null && LOCAL_MEMBERS.test(member.name)) return `.${member.name}`;
    const allows = member.object === null ? undefined : PARTLY_PURE_GLOBALS.get(member.object);
    if (allows !== undefined && (member.name === null || !allows(member.name))) {
      return `${member.object}.${member.name ?? '[…]'}`;
    }
  }
  const dated = dateMadeBy(node);
  if (dated !== null && dated.argumentCount !== 1) return dated.what;
  const name = nameOf(node);
  if (name === null) return null;
  if (PARTLY_PURE_GLOBALS.has(name)) {
    const isWrittenOut = parent?.object === node || parent?.callee === node;
    return isWrittenOut ? null : `${name} as a value`;
  }
  // A local name that hides a global is refused with it, so that no scopes have to be told apart here.
  return PURE_GLOBALS.has(name) || (declared.has(name) && !Object.hasOwn(globalThis, name)) ? null : name;
}

function refusedTo(ambient: Ambient, node: SyntaxNode): string | null {
  if (ambient === 'FREE') return null;
  const member = memberOf(node);
  if (member?.object === 'process' && (member.name ?? 'env') === 'env') return 'process.env';
  if (member?.object === 'Date' && (member.name ?? 'now') === 'now') return 'Date.now';
  if (member?.object === 'Temporal' && (member.name ?? 'Now') === 'Now') return 'Temporal.Now';
  const dated = dateMadeBy(node);
  return dated !== null && dated.argumentCount === 0 ? dated.what : null;
}

/**
 * `object.name` or `object['name']` with a global or local name as object; `name` is null where it is
 * computed.
 */
function memberOf(node: SyntaxNode): { readonly object: string | null; readonly name: string | null } | null {
  if (node.type !== 'MemberExpression') return null;
  const property = childOf(node, 'property');
  const literal = property?.type === 'Literal' && typeof property.value === 'string' ? property.value : null;
  return {
    object: nameOf(childOf(node, 'object')),
    name: node.computed === true ? literal : nameOf(property),
  };
}

/** `new Date(...)`, or `Date(...)`, which ignores its arguments and tells the time. */
function dateMadeBy(node: SyntaxNode): { readonly what: string; readonly argumentCount: number } | null {
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return null;
  if (nameOf(childOf(node, 'callee')) !== 'Date') return null;
  if (node.type === 'CallExpression') return { what: 'Date()', argumentCount: 0 };
  const argumentCount = [...childrenOf(node)].filter(([property]) => property === 'arguments').length;
  return { what: argumentCount === 0 ? 'new Date()' : 'new Date(…) in local time', argumentCount };
}

/**
 * Calls `see` for each node that is left at run time and stands for a value; names of members and keys do
 * not.
 */
function visit(
  node: SyntaxNode,
  parent: SyntaxNode | null,
  see: (node: SyntaxNode, parent: SyntaxNode | null) => void,
): void {
  see(node, parent);
  for (const [property, child] of childrenOf(node)) {
    if (isLeftOut(node, property) || isTypeOnly(child)) continue;
    visit(child, node, see);
  }
}

const KEYED = new Set(['Property', 'MethodDefinition', 'PropertyDefinition', 'AccessorProperty']);
const LABELLED = new Set(['LabeledStatement', 'BreakStatement', 'ContinueStatement']);
const SPECIFIERS = new Set([
  'ImportSpecifier',
  'ImportDefaultSpecifier',
  'ImportNamespaceSpecifier',
  'ExportSpecifier',
]);

function isLeftOut(parent: SyntaxNode, property: string): boolean {
  if (parent.type === 'MemberExpression') return property === 'property' && parent.computed !== true;
  if (KEYED.has(parent.type)) return property === 'key' && parent.computed !== true;
  if (LABELLED.has(parent.type)) return property === 'label';
  return parent.type === 'MetaProperty' || SPECIFIERS.has(parent.type);
}

/** TypeScript's nodes are types, but for the few that wrap an expression. */
function isTypeOnly(node: SyntaxNode): boolean {
  return (
    node.type.startsWith('TS') &&
    !/^TS(As|Satisfies|NonNull|Instantiation)Expression$|^TSTypeAssertion$/.test(node.type)
  );
}

/** Adds each name that a file declares or imports, wherever it does. */
function collectDeclared(node: SyntaxNode, declared: Set<string>): void {
  for (const [property, child] of childrenOf(node)) {
    if (declares(node, property)) collectNames(child, declared);
    collectDeclared(child, declared);
  }
}

function declares(parent: SyntaxNode, property: string): boolean {
  switch (parent.type) {
    case 'VariableDeclarator':
      return property === 'id';
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return property === 'id' || property === 'params';
    case 'ClassDeclaration':
    case 'ClassExpression':
      return property === 'id';
    case 'CatchClause':
      return property === 'param';
    default:
      return SPECIFIERS.has(parent.type) && property === 'local';
  }
}

/** Adds the names that a binding pattern binds. */
function collectNames(pattern: SyntaxNode, declared: Set<string>): void {
  const name = nameOf(pattern);
  if (name !== null) declared.add(name);
  for (const [property, child] of childrenOf(pattern)) {
    const isBound = pattern.type !== 'Property' || property === 'value';
    const isDefault = pattern.type === 'AssignmentPattern' && property === 'right';
    if (isBound && !isDefault && !isTypeOnly(child)) collectNames(child, declared);
  }
}
