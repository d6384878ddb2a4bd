import type { Code } from 'mdast';
import { Document, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument, visit, type YAMLSeq } from 'yaml';
import type { Component, PlannedFile } from '../domain/plan/plan.ts';
import type { PlanPath } from '../domain/plan/plan-finding.ts';
import { clip } from '../text/truncate.ts';
import { complain, lineOf, note, type Reading } from './reading.ts';

/** The part of a component that is YAML: what it is called, what it builds on, what it touches. */
export type ComponentBlock = Pick<Component, 'id' | 'type' | 'scope' | 'depends_on' | 'files'>;

const ACTIONS = ['create', 'modify', 'delete'] as const;
const FILE_EXAMPLE = '"- modify: src/server.ts" and below it "change: what changes"';

export function renderComponentBlock({ id, type, scope, depends_on, files }: ComponentBlock): string {
  const classified = { ...(type === undefined ? {} : { type }), ...(scope === undefined ? {} : { scope }) };
  const document = new Document({
    id,
    ...classified,
    depends_on,
    files: files.map(({ path, action, change }) => ({ [action]: path, change })),
  });
  (document.get('depends_on') as YAMLSeq).flow = true;
  return `\`\`\`yaml\n${document.toString({ lineWidth: 0, flowCollectionPadding: false })}\`\`\``;
}

type Placed = { readonly range?: ParsedNode['range'] | null | undefined } | null | undefined;

/** Reads the block; every value in it is text, also `no` and `1.0`. Null after complaining. */
export function readComponentBlock(reading: Reading, code: Code, place: PlanPath): ComponentBlock | null {
  const before = reading.findings.length;
  const counter = new LineCounter();
  // The failsafe schema knows only text, lists and mappings. `silent` is not used: it would hide a second document.
  const document = parseDocument(code.value, {
    schema: 'failsafe',
    lineCounter: counter,
    logLevel: 'error',
    prettyErrors: false,
  });
  const lineAt = (node: Placed): number => lineOf(code) + counter.linePos(node?.range?.[0] ?? 0).line;
  const say = (node: Placed, message: string): void => complain(reading, lineAt(node), message);

  if (/^(?:%|---|\.\.\.)/m.test(code.value))
    complain(reading, code, 'Directives and document marks (%, ---, ...) cannot be read here. Remove them.');
  for (const error of [...document.errors, ...document.warnings]) {
    const line = lineOf(code) + counter.linePos(error.pos[0]).line;
    complain(
      reading,
      line,
      `This is not valid YAML (${error.message}). Put a text with special characters into "double quotes".`,
    );
  }
  visit(document, {
    Alias: (_, node) => say(node, 'Aliases cannot be read here. Put the text into "double quotes".'),
    Node: (_, node) => {
      const written = isScalar(node) && node.type === 'QUOTE_DOUBLE' ? code.value.slice(...(node.range ?? [0, 0])) : '';
      if (/\\[^"]/.test(written.replaceAll('\\\\', '')))
        say(node, 'Of escapes only \\" and \\\\ can be read here. Write the character itself, which people see.');
      if (node.tag !== undefined) say(node, `Tags such as "${clip(node.tag, 60)}" cannot be read here. Remove it.`);
      if ('anchor' in node && node.anchor) say(node, 'Anchors cannot be read here. Remove it.');
      const comment = node.comment ?? node.commentBefore;
      if (comment)
        say(node, `"#${comment}" is a YAML comment and would be lost. Put the whole text into "double quotes", or remove it.`);
    },
  });
  if (document.comment && reading.findings.length === before) {
    complain(
      reading,
      lineOf(code),
      `"#${document.comment}" is a YAML comment and would be lost. Remove it, or put the text into "double quotes".`,
    );
  }
  if (reading.findings.length > before) return null;

  const text = (node: unknown): string | undefined =>
    isScalar(node) && typeof node.value === 'string' ? node.value.replace(/\s*\n\s*/g, ' ').trim() : undefined;
  const entries = (node: unknown, keys: readonly string[], what: string): Map<string, ParsedNode | null> => {
    const found = new Map<string, ParsedNode | null>();
    if (!isMap(node)) say(node as ParsedNode, `${what} must be written as ${keys.map((key) => `"${key}: ..."`).join(', ')}.`);
    else {
      for (const { key, value } of node.items) {
        const name = text(key) ?? '';
        if (keys.includes(name)) found.set(name, value as ParsedNode | null);
        else say(key as ParsedNode, `"${name}" is not known here. Known are: ${keys.join(', ')}.`);
      }
    }
    return found;
  };
  const list = (node: ParsedNode | null | undefined, what: string): readonly ParsedNode[] => {
    if (isSeq(node)) return node.items as ParsedNode[];
    if (node && text(node) !== '') say(node, `${what} must be a list.`);
    return [];
  };

  const block = entries(document.contents, ['id', 'type', 'scope', 'depends_on', 'files'], 'A component');
  const id = text(block.get('id'));
  if (!id) say(block.get('id') ?? document.contents, 'The component has no id. Write "id: some-words".');
  note(reading, [...place, 'id'], lineAt(block.get('id') ?? document.contents));
  const classified: Pick<ComponentBlock, 'type' | 'scope'> = {};
  for (const key of ['type', 'scope'] as const) {
    const value = text(block.get(key));
    if (value) classified[key] = value;
    note(reading, [...place, key], lineAt(block.get(key) ?? document.contents));
  }
  note(reading, [...place, 'depends_on'], lineAt(block.get('depends_on') ?? document.contents));
  note(reading, [...place, 'files'], lineAt(block.get('files') ?? document.contents));

  const depends_on = list(block.get('depends_on'), '"depends_on"').map((node, index) => {
    note(reading, [...place, 'depends_on', index], lineAt(node));
    return text(node) ?? '';
  });
  const files = list(block.get('files'), '"files"').flatMap((node, index): PlannedFile[] => {
    note(reading, [...place, 'files', index], lineAt(node));
    const entry = entries(node, [...ACTIONS, 'change'], 'A file');
    const [action, second] = ACTIONS.filter((name) => entry.has(name));
    const path = action && text(entry.get(action));
    const change = text(entry.get('change'));
    if (action && !second && path && change) return [{ path, action, change }];
    if (isMap(node)) say(node, `A file has one of create, modify and delete, and a change. Write ${FILE_EXAMPLE}.`);
    return [];
  });
  return reading.findings.length > before || !id ? null : { id, ...classified, depends_on, files };
}
