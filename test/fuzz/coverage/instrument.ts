import { parse, type AnyNode } from 'acorn';

/** What a source became, and the literals in it that may be magic values. */
export interface Instrumented {
  source: string;
  /** Where in the source each block starts. */
  blocks: readonly number[];
  literals: readonly (string | number)[];
}

interface Insertion {
  at: number;
  text: string;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const LOOPS = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);
const LAZY_ASSIGNMENTS = new Set(['??=', '||=', '&&=']);

/**
 * Puts a counter on every branch of a JavaScript module: bodies of functions and loops, both sides of `if` and `?:`, the right
 * sides of `&&`, `||`, `??` and defaults, cases, catches. A counter is one octet of an array that `counters` names and wraps, as
 * AFL's do. V8's own precise coverage tells the same, but costs milliseconds to ask, where a parser takes microseconds.
 */
export function instrument(source: string, counters: string, firstBlock: number): Instrumented {
  const insertions: Insertion[] = [];
  const literals = new Set<string | number>();
  const blocks: number[] = [];
  const hit = (at: number) => `__blocks[${firstBlock + blocks.push(at) - 1}]++`;
  const insert = (at: number, text: string) => insertions.push({ at, text });

  const wrapExpression = (node: AnyNode) => {
    insert(node.start, `(${hit(node.start)},`);
    visit(node);
    insert(node.end, ')');
  };
  const wrapStatement = (node: AnyNode) => {
    if (node.type === 'BlockStatement') {
      insert(node.start + 1, `${hit(node.start)};`);
      visit(node);
    } else {
      insert(node.start, `{${hit(node.start)};`);
      visit(node);
      insert(node.end, '}');
    }
  };

  const visit = (node: AnyNode): void => {
    const branches = branchesOf(node);
    if (node.type === 'Literal' && isTelling(node.value)) literals.add(node.value);
    if (node.type === 'SwitchCase') {
      insert(node.consequent[0]?.start ?? node.end, `${hit(node.start)};`);
    }
    for (const child of childrenOf(node)) {
      if (branches.statements.includes(child)) wrapStatement(child);
      else if (branches.expressions.includes(child)) wrapExpression(child);
      else visit(child);
    }
    if (node.type === 'IfStatement' && !node.alternate) {
      insert(node.consequent.end, ` else {${hit(node.consequent.end)};}`);
    }
  };
  visit(parse(source, { ecmaVersion: 'latest', sourceType: 'module' }));

  const head = `const __blocks = ${counters};`;
  return {
    source: head + applied(source, insertions),
    blocks,
    literals: [...literals],
  };
}

/** The parts of a node that run or do not. */
function branchesOf(node: AnyNode): { statements: AnyNode[]; expressions: AnyNode[] } {
  const statements: AnyNode[] = [];
  const expressions: AnyNode[] = [];
  if (FUNCTIONS.has(node.type)) {
    const { body } = node as unknown as { body: AnyNode };
    (body.type === 'BlockStatement' ? statements : expressions).push(body);
  } else if (LOOPS.has(node.type)) {
    statements.push((node as unknown as { body: AnyNode }).body);
  } else if (node.type === 'IfStatement') {
    statements.push(node.consequent, ...(node.alternate ? [node.alternate] : []));
  } else if (node.type === 'CatchClause') {
    statements.push(node.body);
  } else if (node.type === 'ConditionalExpression') {
    expressions.push(node.consequent, node.alternate);
  } else if (node.type === 'LogicalExpression' || node.type === 'AssignmentPattern') {
    expressions.push(node.right);
  } else if (node.type === 'AssignmentExpression' && LAZY_ASSIGNMENTS.has(node.operator)) {
    expressions.push(node.right);
  }
  return { statements, expressions };
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((value): value is AnyNode => isNode(value))
    .toSorted((one, other) => one.start - other.start);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** A literal that an input may have to hold: longer than a letter, shorter than a sentence. */
function isTelling(value: unknown): value is string | number {
  if (typeof value === 'number') return Number.isInteger(value) && value > 0xff;
  return typeof value === 'string' && value.length > 1 && value.length <= 40;
}

/** Insertions at one place stay in the order in which they were made. */
function applied(source: string, insertions: readonly Insertion[]): string {
  let result = '';
  let from = 0;
  for (const { at, text } of insertions.toSorted((one, other) => one.at - other.at)) {
    result += source.slice(from, at) + text;
    from = at;
  }
  return result + source.slice(from);
}
