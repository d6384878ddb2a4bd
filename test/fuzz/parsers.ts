import { globMatcher } from '../../src/domain/change/glob.ts';
import { markdownProblems } from '../../src/domain/plan/markdown-field.ts';
import { parseCommand } from '../../src/domain/task/command.ts';
import { parseComponentMarker, parsePlanMarker, parseRecord } from '../../src/domain/task/marker.ts';
import { renderMarkdown } from '../../src/plan-file/component-section.ts';
import { parsePlanFile } from '../../src/plan-file/parse.ts';
import { parseSettings } from '../../src/settings/repository-settings.ts';
import { parseCost } from '../../src/text/parse-cost.ts';
import { redactSecrets } from '../../src/text/redaction/redact-secrets.ts';
import { sanitizeLine, sanitizeMarkdown, sanitizeTitle } from '../../src/text/sanitize-markdown.ts';
import { stripHiddenText } from '../../src/text/strip-hidden-text.ts';

/** A parser of what strangers, maintainers or models write, and how long a text it may be given. */
export interface Parser {
  readonly name: string;
  readonly pieces: readonly string[];
  readonly charactersMax: number;
  /** Of processor time. */
  readonly msMax: number;
  run(text: string): unknown;
}

const MARKDOWN = [
  ...[
    '*',
    '_',
    '**',
    '~~',
    '~',
    '`',
    '``',
    '```',
    '\n```\n',
    '\n~~~\n',
    '[',
    ']',
    '](',
    '[^a]',
    '\n[^a]: ',
    '\n[a]: b\n',
    '(',
    ')',
    '!',
    '![',
  ],
  ...[
    '<',
    '>',
    '<!--',
    '-->',
    '<a b="',
    '"',
    "'",
    '<?',
    '<![CDATA[',
    '<div>\n',
    '</div>',
    '&amp;',
    '&#64;',
    '\\',
    '|',
    '\n|-|-|\n',
    '\n---\n',
  ],
  ...[
    '\n',
    '\n\n',
    '\n    ',
    '\n> ',
    '\n- ',
    '\n1. ',
    '\n  - ',
    '> ',
    '- ',
    '# ',
    '\t',
    ' ',
    'a',
    'word ',
    'https://a.b/',
    'www.',
    'a@b.c ',
    ':',
  ],
  ...['@wanda', '#1', 'closes ', 'olga/shop#1', '/merge', '\u200b', '\u202e', '\ud800', '漢', '😀', '=', '+', '.'],
];
const PLAN = [
  ...[
    '# Plan: a\n',
    '> Issue #1 · revision 1 · planned by `a/b` at `',
    `${'a'.repeat(40)}\``,
    '\n## Components\n',
    '\n### 1. A\n',
    '\n```yaml\n',
  ],
  ...[
    'id: a\n',
    'files:\n',
    '  - create: a\n',
    '    change: b\n',
    '**Purpose.** ',
    '\n**Contract**\n',
    '\n**Acceptance criteria**\n',
    '- [ ] a\n',
  ],
  ...[
    '\n## Edge cases\n',
    '| Case | Handling | Component |\n|---|---|---|\n',
    '| a | b | `a` |\n',
    '\n```mermaid\nflowchart LR\n',
    'a -->|"b"| c\n',
  ],
];
const YAML = [
  ...[
    'version: 1\n',
    'plan:\n',
    'trigger: ',
    '{ labels: [a] }\n',
    '  ',
    '- ',
    '? ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '&a ',
    '*a ',
    '!!a ',
    '|\n',
    '>\n',
  ],
  ...['"', "'", '#', '\n', '\t', 'a', '---\n', '...\n', '%YAML 1.1\n', '<<: ', '\\', '\u0000', '漢', 'k: {}\n'],
];
const COMMANDS = [
  '/',
  'plan',
  'execute ',
  '/planwright ',
  'a1b2c3d',
  '`',
  '\n',
  '\u00a0',
  '> ',
  '<!--',
  '-->',
  '```\n',
  '    ',
  '@planwright',
  ' ',
];
const MARKERS = [
  '<!-- planwright:plan issue=1 revision=1 blob=',
  '<!-- planwright:state ',
  '{"v":1',
  '"a":',
  '[',
  '}',
  '-->',
  '\n',
  'a',
  '0',
  '\\u',
  ' ',
];
const GLOBS = [
  '*',
  '**',
  '**/',
  '?',
  '[',
  ']',
  '[!a]',
  '{',
  '}',
  ',',
  '(',
  ')',
  '|',
  '@(',
  '!(',
  '+(',
  '\\',
  '/',
  'a',
  'b',
  '{1..9}',
  '.',
  'Z',
];
const LOGS = [
  'ghp_',
  'AKIA',
  'https://',
  ':',
  '@',
  '-----BEGIN RSA PRIVATE KEY-----',
  '\n',
  'TOKEN=',
  'Authorization: ',
  'a',
  'A',
  '0',
  ' ',
  'eyJ',
  '.',
  '_',
  '"',
  '/',
];

const OPERATOR = { planner: 'anthropic/a', executor: 'anthropic/b', allowed: null, providers: ['anthropic' as const] };
const PATH = `${'a/'.repeat(200)}${'ab'.repeat(300)}`;
/** What is parsed where it is asked for; the rest goes to a thread or is refused, for which only the estimate is asked. */
const INLINE_MS = 30;

function planFile(text: string): unknown {
  const { linear, quadratic } = parseCost(text);
  return linear + quadratic <= INLINE_MS ? parsePlanFile(text) : null;
}

export const PARSERS: readonly Parser[] = [
  { name: 'plan-file', pieces: [...MARKDOWN, ...PLAN], charactersMax: 65_000, msMax: 50, run: planFile },
  { name: 'hidden-text', pieces: MARKDOWN, charactersMax: 65_000, msMax: 50, run: stripHiddenText },
  { name: 'sanitize-markdown', pieces: MARKDOWN, charactersMax: 65_000, msMax: 50, run: sanitizeMarkdown },
  {
    name: 'sanitize-line',
    pieces: MARKDOWN,
    charactersMax: 65_000,
    msMax: 50,
    run: (text) => [sanitizeLine(text), sanitizeTitle(text)],
  },
  { name: 'markdown-escapes', pieces: MARKDOWN, charactersMax: 20_000, msMax: 50, run: renderMarkdown },
  { name: 'markdown-field', pieces: MARKDOWN, charactersMax: 4_000, msMax: 100, run: markdownProblems },
  { name: 'settings', pieces: YAML, charactersMax: 16_384, msMax: 100, run: (text) => parseSettings(text, OPERATOR) },
  { name: 'commands', pieces: COMMANDS, charactersMax: 65_000, msMax: 50, run: parseCommand },
  {
    name: 'markers',
    pieces: MARKERS,
    charactersMax: 65_000,
    msMax: 50,
    run: (text) => [parsePlanMarker(text), parseComponentMarker(text), parseRecord(text)],
  },
  {
    name: 'globs',
    pieces: GLOBS,
    charactersMax: 300,
    msMax: 50,
    run: (text) => [globMatcher(text)(PATH), globMatcher(text, { wide: true })(PATH)],
  },
  { name: 'redaction', pieces: LOGS, charactersMax: 65_000, msMax: 100, run: redactSecrets },
];
