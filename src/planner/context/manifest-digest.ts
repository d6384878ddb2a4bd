import { clip, truncate } from '../../text/truncate.ts';

/** Values of one entry that are worth their tokens. */
const VALUE_MAX = 160;

/** The useful part of a manifest: names, versions, scripts, dependencies. Of an unexpected format the beginning is shown. */
export function manifestDigest(name: string, text: string, max: number): string {
  const digest = /\.json$/.test(name) ? ofJson(name, text) : DIGESTS[name]?.(text);
  return truncate(digest?.trim() || squeezed(text), max);
}

const DIGESTS: Readonly<Record<string, (text: string) => string>> = {
  'pyproject.toml': (text) => tomlSections(text, /^(?:project(?:\..*)?|build-system|dependency-groups|tool\.poetry(?:\..*)?)$/),
  'Cargo.toml': (text) => tomlSections(text, /^(?:package|workspace(?:\..*)?|(?:dev-|build-)?dependencies|features|lib|bin)$/),
  'go.mod': (text) => squeezed(text.replace(/^.*\/\/ indirect.*$/gm, '')),
  'pom.xml': pomDigest,
};

const JSON_KEYS = [
  'name',
  'version',
  'type',
  'private',
  'packageManager',
  'engines',
  'main',
  'exports',
  'bin',
  'workspaces',
  'scripts',
];
const JSON_DEPENDENCIES = ['dependencies', 'require', 'peerDependencies', 'imports', 'devDependencies', 'require-dev'];

function ofJson(name: string, text: string): string | undefined {
  if (!/^(?:package|composer|deno)\.json$/.test(name)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const entries = new Map(Object.entries(json));
  const lines = JSON_KEYS.filter((key) => entries.has(key)).map((key) => described(key, entries.get(key)));
  const dependencies = JSON_DEPENDENCIES.filter((key) => entries.has(key)).map((key) => `${key}: ${flat(entries.get(key))}`);
  return [...lines, ...dependencies].join('\n');
}

/** Scripts one a line, everything else on one. */
function described(key: string, value: unknown): string {
  if (key !== 'scripts' || typeof value !== 'object' || value === null) return `${key}: ${flat(value)}`;
  return [`${key}:`, ...Object.entries(value).map(([name, script]) => `  ${name}: ${excerptLine(String(script))}`)].join('\n');
}

function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return excerptLine(String(value));
  if (Array.isArray(value)) return value.map((item) => excerptLine(String(item))).join(', ');
  return Object.entries(value)
    .map(([key, item]) => (typeof item === 'string' ? `${key} ${excerptLine(item)}` : key))
    .join(', ');
}

const excerptLine = (text: string): string => clip(text, VALUE_MAX, '…').replace(/\s+/g, ' ');

function tomlSections(text: string, wanted: RegExp): string {
  const kept: string[] = [];
  let keep = false;
  for (const line of text.split('\n')) {
    const section = /^\s*\[+([^\]]+)\]+\s*(?:#.*)?$/.exec(line);
    if (section) keep = wanted.test(section[1]?.trim() ?? '');
    if (keep && line.trim() !== '' && !line.trim().startsWith('#')) kept.push(line);
  }
  return kept.join('\n');
}

function pomDigest(text: string): string {
  const own = text.replace(/<parent>[\s\S]*?<\/parent>/, '');
  const once = (tag: string) => new RegExp(`<${tag}>([^<]{1,200})</${tag}>`).exec(own)?.[0] ?? '';
  const every = (tag: string) => [...own.matchAll(new RegExp(`<${tag}>([^<]{1,200})</${tag}>`, 'g'))].map((match) => match[1]);
  return [
    ...['groupId', 'artifactId', 'version', 'packaging', 'java.version', 'maven.compiler.release'].map(once),
    `modules: ${every('module').join(', ')}`,
    `artifacts named: ${[...new Set(every('artifactId'))].join(', ')}`,
  ]
    .filter((line) => line !== '' && !line.endsWith(': '))
    .join('\n');
}

/** Without blank lines and comments. */
const squeezed = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s*(?:#|\/\/)/.test(line))
    .join('\n');
