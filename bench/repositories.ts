import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A bare repository below `root`, at the commit to be read. */
export interface BenchRepository {
  readonly name: string;
  readonly commit: string;
}

/** A monorepo of 30,000 files with everything that a brief reads: README, manifests and instructions at the root and in each package. */
export function generatedRepository(root: string): BenchRepository {
  const name = 'bench/generated';
  const dir = join(root, `${name}.git`);
  mkdirSync(dirname(dir), { recursive: true });
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', dir]);
  execFileSync('git', ['-C', dir, 'fast-import', '--quiet'], { input: fastImport(generatedFiles()), maxBuffer: 1e9 });
  return { name, commit: tip(dir) };
}

/** The repository this file lies in, as committed; null where there is no git around it. */
export function thisRepository(root: string): BenchRepository | null {
  const name = 'bench/planwright';
  try {
    const source = execFileSync('git', ['rev-parse', '--show-toplevel'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
    execFileSync('git', ['clone', '-q', '--bare', source, join(root, `${name}.git`)], { stdio: 'ignore' });
    return { name, commit: tip(join(root, `${name}.git`)) };
  } catch {
    return null;
  }
}

const tip = (dir: string): string => execFileSync('git', ['-C', dir, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();

function generatedFiles(): Map<string, string> {
  const acceptText = 'The quick brown fox explains how orders flow through the service and why. ';
  const files = new Map<string, string>([
    ['README.md', `# Generated\n\n${`${acceptText.repeat(6)}\n\n`.repeat(40)}`],
    ['AGENTS.md', `# Rules\n\n${`- ${acceptText}\n`.repeat(120)}`],
    ['CONTRIBUTING.md', `# Contributing\n\n${`- ${acceptText}\n`.repeat(120)}`],
    ['package.json', manifest('generated', 40)],
    ['.github/workflows/ci.yml', 'on: push\n'],
  ]);
  for (let p = 0; p < 80; p++) {
    const at = `packages/package-${String(p).padStart(2, '0')}`;
    files.set(`${at}/package.json`, manifest(`@generated/${p}`, 12));
    files.set(`${at}/AGENTS.md`, `# Package ${p}\n\n${`- ${acceptText}\n`.repeat(20)}`);
    for (let i = 0; i < 180; i++) files.set(`${at}/src/area-${i % 9}/part-${i % 3}/module-${i}.ts`, moduleText(p, i));
    for (let i = 0; i < 60; i++) files.set(`${at}/test/area-${i % 9}/module-${i}.test.ts`, moduleText(p, i));
  }
  for (let i = 0; files.size < 22_000; i++) files.set(`docs/chapter-${i % 40}/page-${i}.md`, acceptText.repeat(8));
  for (let i = 0; files.size < 30_000; i++) files.set(`fixtures/recorded/${i}.json`, `{ "id": ${i} }\n`);
  return files;
}

const manifest = (name: string, dependencies: number): string =>
  JSON.stringify(
    {
      name,
      version: '1.0.0',
      scripts: { build: 'tsc -b', test: 'jest', lint: 'biome check .' },
      dependencies: Object.fromEntries(Array.from({ length: dependencies }, (_, i) => [`dependency-${i}`, `^${i}.0.0`])),
    },
    null,
    2,
  );

const moduleText = (p: number, i: number): string =>
  Array.from(
    { length: 30 },
    (_, n) => `export function part${p}_${i}_${n}(order: Order): Result {\n  return check(order, ${n});\n}\n`,
  ).join('\n');

function fastImport(files: ReadonlyMap<string, string>): string {
  const parts = ['commit refs/heads/main\ncommitter bench <bench@example.com> 1700000000 +0000\ndata 4\nmade\n'];
  for (const [path, content] of files) parts.push(`M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`);
  return parts.join('');
}
