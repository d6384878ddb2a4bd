import { parseSync } from '@swc/core';

/** One small change of a file's text that a test should notice. */
export interface Mutant {
  readonly line: number;
  /** `before -> after`, on one line. */
  readonly what: string;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly [field: string]: unknown;
}

const SWAPPED: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '&&': '||',
  '||': '&&',
};
const SWAPPED_METHODS = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['startsWith', 'endsWith'],
]);

/** The parser counts bytes, from where it stopped the last time: a known word in front tells where it begins. */
const MARK = 'MARK;';

export function findMutants(source: string): Mutant[] {
  const bytes = Buffer.from(source);
  const module = parseSync(MARK + source, { syntax: 'typescript', target: 'es2024' }) as unknown as { body: readonly Node[] };
  const begin = (module.body[0] as Node).span.start + MARK.length;
  const found: Mutant[] = [];
  const at = (node: Node): readonly [number, number] => [node.span.start - begin, node.span.end - begin];
  const slice = (from: number, to: number): string => bytes.subarray(from, to).toString();

  function mutate(from: number, to: number, into: string): void {
    const before = slice(from, to);
    const text = slice(0, from) + into + slice(to, bytes.length);
    const oneLine = (code: string): string => code.replace(/\s+/g, ' ').slice(0, 70);
    found.push({ line: slice(0, from).split('\n').length, what: `${oneLine(before)} -> ${oneLine(into)}`, text });
  }

  function visit(node: Node): void {
    const [from, to] = at(node);
    if (node.type === 'BinaryExpression') {
      const [leftEnd, rightStart] = [at(node.left as Node)[1], at(node.right as Node)[0]];
      const operator = node.operator as string;
      const swapped = SWAPPED[operator];
      const between = slice(leftEnd, rightStart);
      if (swapped) mutate(from, to, slice(from, leftEnd) + between.replace(operator, swapped) + slice(rightStart, to));
    }
    if (node.type === 'UnaryExpression' && node.operator === '!') mutate(from, to, slice(from + 1, to));
    if (node.type === 'BooleanLiteral') mutate(from, to, String(!node.value));
    if (node.type === 'ConditionalExpression' || node.type === 'IfStatement') {
      const [start, end] = at(node.test as Node);
      mutate(start, end, 'true');
      mutate(start, end, 'false');
    }
    if (node.type === 'CallExpression') mutateCall(node);
    for (const child of childrenOf(node)) visit(child);
  }

  function mutateCall(node: Node): void {
    const callee = node.callee as Node & { object?: Node; property?: Node & { value?: string } };
    if (callee.type !== 'MemberExpression' || !callee.object || !callee.property) return;
    const name = callee.property.value ?? '';
    const swapped = SWAPPED_METHODS.get(name);
    if (swapped) mutate(...at(callee.property), swapped);
    if (name === 'filter' || name === 'toLowerCase' || name === 'normalize') mutate(...at(node), slice(...at(callee.object)));
  }

  for (const statement of module.body.slice(1)) visit(statement);
  return found;
}

function childrenOf(node: Node): Node[] {
  const isNode = (value: unknown): value is Node =>
    typeof value === 'object' && value !== null && 'type' in value && 'span' in value;
  const unwrapped = (value: unknown): unknown[] =>
    Array.isArray(value)
      ? value.flatMap(unwrapped)
      : isNode(value)
        ? [value]
        : typeof value === 'object' && value !== null
          ? Object.values(value).flatMap(unwrapped)
          : [];
  return Object.entries(node)
    .filter(([name]) => name !== 'span' && name !== 'typeAnnotation' && name !== 'returnType')
    .flatMap(([, value]) => unwrapped(value) as Node[]);
}
