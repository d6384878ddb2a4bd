// `npm run mutants [-- PART...]`: changes the code that decides what may be done, one small place after the other, and tells which
// changes no test notices. For people, not for CI: all parts take the better part of an hour.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMutants } from './find-mutants.ts';

/** Files, and the tests that are about them: the next is run only for what those before it did not notice. */
const PARTS: readonly (readonly [file: string, tests: readonly string[]])[] = [
  ['src/domain/change/scope.ts', ['test/domain/change/scope', 'test/planner/soundness']],
  ['src/domain/change/planned-action.ts', ['test/domain/change/planned-action', 'test/domain/change/scope']],
  ['src/executor/gate.ts', ['test/executor/gate', 'test/executor/implement']],
  ['src/planner/soundness.ts', ['test/planner/soundness']],
  ['src/planner/file-soundness.ts', ['test/planner/soundness']],
  ['src/task/planning/approval.ts', ['test/task/planning', 'test/task/decide']],
  ['src/task/planning/evaluate-approval.ts', ['test/task/planning', 'test/task/decide']],
  ['src/task/planning/plan-closed.ts', ['test/task/planning', 'test/task/decide']],
  ['src/task/decide.ts', ['test/task/decide']],
];

const root = join(import.meta.dirname, '../..');
const wanted = process.argv.slice(2);
const parts = PARTS.filter(([file]) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
if (parts.length === 0) {
  console.error(
    `usage: npm run mutants [-- PART...], where a part is in the name of one of:\n${PARTS.map(([file]) => file).join('\n')}`,
  );
  process.exit(2);
}
const copy = mkdtempSync(join(tmpdir(), 'planwright-mutants-'));
process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const name of ['src', 'test', 'schema', 'jest.config.mjs', 'package.json']) {
  cpSync(join(root, name), join(copy, name), { recursive: true });
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

let killed = 0;
let all = 0;
for (const [file, tests] of parts) {
  const source = readFileSync(join(copy, file), 'utf8');
  if (!passes(tests)) {
    console.error(`${file}: its tests fail as they are: ${tests.join(' ')}`);
    process.exit(1);
  }
  const mutants = findMutants(source);
  const survivors = mutants.filter(({ text }) => {
    writeFileSync(join(copy, file), text);
    return passes(tests);
  });
  writeFileSync(join(copy, file), source);
  all += mutants.length;
  killed += mutants.length - survivors.length;
  console.log(`${file}: ${mutants.length - survivors.length} of ${mutants.length} noticed`);
  for (const { line, what } of survivors) console.log(`  line ${line}: ${what}`);
}
console.log(`score: ${killed} of ${all} (${Math.round((100 * killed) / Math.max(all, 1))}%)`);

function passes(tests: readonly string[]): boolean {
  return tests.every(pass);
}

function pass(test: string): boolean {
  const jest = ['node_modules/jest/bin/jest.js', '--bail', '--silent', '-i', '--selectProjects', 'unit', '--testPathPatterns'];
  const { status } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...jest, test], {
    cwd: copy,
    stdio: 'ignore',
    timeout: 60_000,
  });
  return status === 0;
}
