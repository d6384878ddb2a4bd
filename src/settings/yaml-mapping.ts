import { isAlias, isMap, isScalar, LineCounter, type Pair, type ParsedNode, parseDocument, type Scalar, visit } from 'yaml';
import { failure, type Outcome, success } from '../domain/outcome.ts';
import { quoted, type SettingsFinding } from './settings-finding.ts';

/** A place in the file: keys and list indexes from the root. */
export type Position = readonly (string | number)[];

export interface YamlMapping {
  readonly content: unknown;
  /** The line of the value at `at`, or of the nearest thing around it that the file has. */
  lineOf(at: Position): number;
  /** The line of the key `key` in the mapping at `at`. */
  lineOfKey(at: Position, key: string): number;
}

/**
 * Far above what people write. Anyone's pull request may contain a file, and parsing may take more time than its length suggests.
 */
const MAX_BYTES = 16_384;

/**
 * A YAML file that is one mapping (or empty), with the lines of what it holds. Aliases are refused: no setting needs them, and
 * a few lines of them can expand to gigabytes.
 */
export function readYaml(text: string): Outcome<YamlMapping, SettingsFinding[]> {
  if (Buffer.byteLength(text) > MAX_BYTES) return one(1, `The file has more than ${MAX_BYTES / 1_024} KB.`);
  if (isNested(text)) return one(1, TOO_DEEP);
  if ((text.match(TOKEN)?.length ?? 0) > TOKENS_MAX)
    return one(1, `The file has more than ${TOKENS_MAX} lines, entries and signs.`);
  try {
    return readMapping(text);
  } catch {
    // Thousands of nested lists exhaust the parser's stack.
    return one(1, TOO_DEEP);
  }
}

/** What the parser makes a token of, and in a broken file an error, each of which costs it 20 microseconds. */
const TOKEN = /[\n[\]{},\0]|[-?:](?=\s|$)|(?<![^\s[\]{},])[&*!|>%@`"']|["'](?=["'])/g;
/** The longest lists that are allowed have half as many; more than these would hold up everything else for longer than 50 ms. */
const TOKENS_MAX = 2_000;

const FINDINGS_MAX = 20;

const TOO_DEEP = 'The file cannot be read as YAML; it is probably nested far too deeply.';

const DEPTH_MAX = 100;
/** Each `-`, `?` or `:` that directly follows another one on its line opens a collection inside the other's. */
const INDICATORS = new RegExp(`(?:[-?:][ \\t]+){${DEPTH_MAX}}`);

/**
 * Whether collections are nested so deeply that the parser, whose time grows with the square of the depth, would take long over
 * them.
 */
function isNested(text: string): boolean {
  if (INDICATORS.test(text)) return true;
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}

const one = (line: number, message: string) => failure([{ line, message }]);

function readMapping(text: string): Outcome<YamlMapping, SettingsFinding[]> {
  // Not logLevel 'silent': that would also silence the error about a second document. The parser's own test for keys that are there
  // twice is quadratic (58 KB: a minute).
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    logLevel: 'error',
    prettyErrors: false,
    uniqueKeys: false,
  });
  const lineAt = (offset: number | undefined) => Math.max(1, lines.linePos(offset ?? 0).line);

  const findings = [...document.errors, ...document.warnings].slice(0, FINDINGS_MAX).map((error) => ({
    line: lineAt(error.pos[0]),
    message: `Not valid YAML: ${quoted(error.message)}`,
  }));
  if (findings.length > 0) return failure(findings);
  visit(document, {
    Alias: (_, node) => {
      findings.push({ line: lineAt(node.range?.[0]), message: 'Aliases (`*name`) are not supported here; write the value out.' });
    },
    Map: (_, { items }) => {
      for (const { key, first } of repeatedKeys(items)) {
        findings.push({
          line: lineAt(key.range?.[0]),
          message: `The key ${quoted(String(key.value))} is there twice, first in line ${lineAt(first.range?.[0])}.`,
        });
      }
    },
    Pair: (_, pair) => {
      if (isAlias(pair.key) || typeof (pair.key as { value?: unknown } | null)?.value === 'string') return;
      findings.push({ line: lineAt((pair.key as ParsedNode | null)?.range?.[0]), message: 'Every key must be a plain word.' });
    },
  });
  if (findings.length > 0) return failure(findings.slice(0, FINDINGS_MAX));

  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null))
    return success(
      mappingOf(
        {},
        () => 1,
        () => 1,
      ),
    );
  if (!isMap(root)) return one(lineAt(root.range?.[0]), 'The file must be a mapping, such as `version: 1`.');

  const lineOf = (at: Position): number => {
    for (let length = at.length; length > 0; length--) {
      const node = document.getIn(at.slice(0, length), true) as ParsedNode | undefined;
      if (node?.range) return lineAt(node.range[0]);
    }
    return lineAt(root.range?.[0]);
  };
  const lineOfKey = (at: Position, key: string): number => {
    const mapping = at.length === 0 ? root : document.getIn(at, true);
    const pair = isMap(mapping) ? mapping.items.find((item) => (item.key as { value?: unknown }).value === key) : undefined;
    return pair ? lineAt((pair.key as ParsedNode).range?.[0]) : lineOf(at);
  };
  return success(mappingOf(document.toJS({ maxAliasCount: 0 }), lineOf, lineOfKey));
}

/** The keys of a mapping that it has already, with the place where they come first. */
function* repeatedKeys(items: readonly Pair[]): Generator<{ readonly key: Scalar; readonly first: Scalar }> {
  const seen = new Map<unknown, Scalar>();
  for (const { key } of items) {
    if (!isScalar(key)) continue;
    const first = seen.get(key.value);
    if (first) yield { key, first };
    else seen.set(key.value, key);
  }
}

const mappingOf = (content: unknown, lineOf: YamlMapping['lineOf'], lineOfKey: YamlMapping['lineOfKey']): YamlMapping => ({
  content,
  lineOf,
  lineOfKey,
});
