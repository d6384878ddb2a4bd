import { z } from 'zod';
import { nearestName } from '../text/nearest-name.ts';
import { fieldsIn, PATTERN_FIELDS } from '../text/text-pattern.ts';
import { clip } from '../text/truncate.ts';
import { FILE_GLOB, GLOB, WORKFLOW_FILE } from './repository-path.ts';
import { quoted as code, type SettingsFinding } from './settings-finding.ts';
import { settingsSchema } from './settings-schema.ts';
import type { Position, YamlMapping } from './yaml-mapping.ts';

type Issue = z.core.$ZodIssue;

/** What to tell people about one thing the schema refused; an issue about several keys becomes one finding per key. */
export function describeIssue(issue: Issue, file: YamlMapping): SettingsFinding[] {
  const at = issue.path as Position;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ line: file.lineOfKey(at, key), message: unknownKey(key, at) }));
  }
  return [
    {
      line: file.lineOf(at),
      message: sentence(`${code(at.join('.') || 'The file')} ${expectation(issue, valueAt(file.content, at))}`),
    },
  ];
}

const sentence = (text: string): string => (text.endsWith('?') ? text : `${text}.`);

function unknownKey(key: string, at: Position): string {
  const valid = keysAt(at);
  const unknown = `Unknown key ${code(key)} ${at.length === 0 ? 'at the top level' : `in ${code(at.join('.'))}`}.`;
  const homes = PLACES.get(key);
  if (homes?.includes(key)) return `${unknown} It belongs at the top level.`;
  if (homes) return `${unknown} It belongs at ${either(homes)}.`;
  const nearest = nearestName(key, valid);
  if (nearest !== null) return `${unknown} Did you mean ${code(nearest)}?`;
  const elsewhere = nearestName(key, [...PLACES.keys()]);
  if (elsewhere !== null) return `${unknown} Did you mean ${either(PLACES.get(elsewhere) ?? [elsewhere])}?`;
  return `${unknown} The keys here are ${valid.map(code).join(', ')}.`;
}

const either = (paths: readonly string[]): string => paths.map(code).join(' or ');

function expectation(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}, not ${shown(value)}`;
    case 'invalid_value': {
      const values = issue.values.map(String);
      const nearest = typeof value === 'string' && values.length > 1 ? nearestName(value, values) : null;
      const hint = nearest === null ? '' : `; did you mean ${code(nearest)}?`;
      return `must be ${values.map(code).join(' or ')}, not ${shown(value)}${hint}`;
    }
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? 'must not be empty'
        : `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}, not ${shown(value)}`;
    case 'too_big':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `must have at most ${issue.maximum} ${issue.origin === 'array' ? 'entries' : 'characters'}`
        : `must be at most ${issue.maximum}, not ${shown(value)}`;
    case 'invalid_format':
      return (
        unknownField(issue.path, value) ?? otherwiseWritten(issue.path, value) ?? `${formatAt(issue.path)}, not ${shown(value)}`
      );
    default:
      return issue.message;
  }
}

/** What a pattern for titles and messages names although there is no such thing. */
function unknownField(path: Issue['path'], value: unknown): string | null {
  if (typeof value !== 'string' || !(formatAt(path) === FORMATS.pull_requests || formatAt(path) === FORMATS.commits)) return null;
  const unknown = fieldsIn(value).find((name) => !(PATTERN_FIELDS as readonly string[]).includes(name));
  if (unknown === undefined) return null;
  const nearest = nearestName(unknown, PATTERN_FIELDS);
  const hint =
    nearest === null
      ? `the fields are ${PATTERN_FIELDS.map((name) => code(`{${name}}`)).join(', ')}`
      : `did you mean ${code(`{${nearest}}`)}?`;
  return `names ${code(`{${unknown}}`)}, which is not known; ${hint}`;
}

/** The form of each setting that holds paths of the repository. */
const PATHS: Record<string, RegExp> = {
  'execution.extra_paths': FILE_GLOB,
  'execution.generated_paths': FILE_GLOB,
  'execution.protected_paths': GLOB,
};

/** How a path that is refused is written, where what is meant is clear: nothing is proposed that would be refused in turn. */
function otherwiseWritten([section, key]: Issue['path'], value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const name = `${String(section)}.${String(key)}`;
  if (name === 'execution.workflow') {
    const file = value.slice(value.lastIndexOf('/') + 1);
    const meant = [file, `${file}.yml`].find((spelling) => WORKFLOW_FILE.test(spelling));
    return meant === undefined ? null : `${FORMATS[name]}, not ${shown(value)}; did you mean ${code(meant)}?`;
  }
  const form = PATHS[name];
  const relative = value.replace(/^(?:\.?\/)+/, '');
  const meant = form === FILE_GLOB ? relative.replace(/\/$/, '/**') : relative;
  if (form === undefined || meant === value || !form.test(meant)) return null;
  return relative === value
    ? `must match files, and ${shown(value)} names a folder: write ${code(meant)} for everything in it`
    : `must be relative to the root of the repository: write ${code(meant)}, without ${code(value.slice(0, value.length - relative.length))} in front`;
}

const formatAt = ([section, key]: Issue['path']): string =>
  FORMATS[`${String(section)}.${String(key)}`] ?? FORMATS[String(section)] ?? (FORMATS.execution as string);

const BRANCH_FORM = 'by the rules of `git check-ref-format`, not under `refs/` or `gh-readonly-queue/`';

// The texts of a fixed form, by the section they occur in, or by their own name.
const FORMATS: Record<string, string> = {
  trigger: 'must be the login of an App, such as `renovate[bot]`',
  'branches.prefix': `must be what a branch's name can begin with, ${BRANCH_FORM}`,
  'branches.base': `must be the name of a branch, ${BRANCH_FORM}`,
  pull_requests: `must be one line that holds \`{title}\`; braces are for fields only (${PATTERN_FIELDS.map((name) => `\`{${name}}\``).join(', ')})`,
  commits: `must hold \`{title}\` in its first line; braces are for fields only (${PATTERN_FIELDS.map((name) => `\`{${name}}\``).join(', ')})`,
  models: 'must be `provider/model-id`, with provider anthropic, openai, gemini or compatible',
  plan: 'must be a path inside the repository that ends in `.md`, not under `.github/workflows/`, with `{issue}` as the only placeholder',
  'execution.workflow': 'must be the name of a file in `.github/workflows/`, such as `generate.yml`',
  execution: 'must be a path or glob relative to the root of the repository, without `..` and without `!` in front',
};

const TYPES: Record<string, string> = {
  boolean: '`true` or `false`',
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'a section with keys of its own',
};
const article = (expected: string): string => TYPES[expected] ?? expected;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'empty';
  return code(clip(JSON.stringify(value) ?? String(value), 60));
}

const valueAt = (content: unknown, at: Position): unknown =>
  at.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | null | undefined)?.[key], content);

function shapeOf(schema: unknown): Record<string, unknown> | null {
  if (schema instanceof z.ZodObject) return schema.shape;
  if (schema instanceof z.ZodPrefault) return shapeOf(schema.unwrap());
  return null;
}

const keysAt = (at: Position): string[] =>
  Object.keys(at.reduce<Record<string, unknown>>((shape, key) => shapeOf(shape[key]) ?? {}, settingsSchema.shape));

function pathsOf(shape: Record<string, unknown>, prefix: string): string[] {
  return Object.entries(shape).flatMap(([key, schema]) => {
    const inner = shapeOf(schema);
    return inner ? pathsOf(inner, `${prefix}${key}.`) : [`${prefix}${key}`];
  });
}

/** Every setting by its dotted name. */
export const ALL_KEYS: readonly string[] = pathsOf(settingsSchema.shape, '');

const SECTIONS: readonly string[] = [
  ...new Set(
    ALL_KEYS.flatMap((path) =>
      path
        .split('.')
        .map((_, depth, parts) => parts.slice(0, depth).join('.'))
        .slice(1),
    ),
  ),
];

/** Where there is a setting or a section of this name. */
const PLACES = Map.groupBy([...SECTIONS, ...ALL_KEYS], (path) => path.slice(path.lastIndexOf('.') + 1));
