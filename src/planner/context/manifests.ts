import { visibleFileText } from '../../agent/files/visible-file-text.ts';
import type { Workspace } from '../../agent/files/workspace.ts';
import { fence } from '../../text/fence.ts';
import { enumerate, truncate } from '../../text/truncate.ts';
import { manifestDigest } from './manifest-digest.ts';

const NAMES = [
  'package.json',
  'pyproject.toml',
  'Cargo.toml',
  'go.mod',
  'pom.xml',
  'build.gradle.kts',
  'build.gradle',
  'settings.gradle.kts',
  'settings.gradle',
  'composer.json',
  'Gemfile',
  'mix.exs',
  'deno.json',
  'Package.swift',
  'pubspec.yaml',
  'setup.py',
  'setup.cfg',
  'requirements.txt',
  'CMakeLists.txt',
  'Makefile',
  'justfile',
  'pnpm-workspace.yaml',
  'turbo.json',
  'nx.json',
];
const ONE_MAX = 1_400;
const ELSEWHERE_MAX = 500;

/**
 * What the repository is built from: the useful parts of the root's manifests in at most `budget` characters, and where the others
 * are.
 */
export async function manifests(workspace: Workspace, budget: number): Promise<string[]> {
  const paths = [...(await workspace.files()).keys()];
  const parts: string[] = [];
  let room = budget;
  for (const name of NAMES.filter((n) => paths.includes(n))) {
    const text = await visibleFileText(name, workspace);
    if (!text || room < 200) continue;
    const digest = truncate(manifestDigest(name, text, ONE_MAX), room);
    room -= digest.length;
    parts.push(`${name}, in short:\n${fence('file', digest)}`);
  }
  const nested = paths.filter((path) => path.includes('/') && NAMES.slice(0, 5).includes(path.slice(path.lastIndexOf('/') + 1)));
  if (nested.length > 0) parts.push(`Other manifests (${nested.length}): ${enumerate(nested, ELSEWHERE_MAX)}.`);
  return parts;
}
