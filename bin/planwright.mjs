#!/usr/bin/env node
// Runs `planwright` on a Node that can: this one, or the one that npm installs with the dependencies. Plain JavaScript, because Node 20 reads it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const runsTypeScript = major > 22 || (major === 22 && minor >= 20);
const installed = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const node = existsSync(installed) ? installed : process.execPath;

if (!existsSync(join(root, 'node_modules', 'commander'))) {
  console.error(`The dependencies are not installed. Run: npm ci --prefix ${root}`);
  process.exit(1);
}
if (node === process.execPath && !runsTypeScript) {
  console.error(
    `This is Node ${process.versions.node}; planwright needs 22.20 or newer, which npm ci --prefix ${root} installs for it.`,
  );
  process.exit(1);
}
// Without the last two, Node lets a busy process that needs 250 MB grow to 500 MB.
const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2', '--heap-growing-percent=20'];
const child = spawn(node, [...flags, join(root, 'src', 'start.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  // The C library otherwise keeps free memory for each of Node's threads.
  env: { MALLOC_ARENA_MAX: '2', ...process.env },
});
// Ctrl-C reaches both; a supervisor knows only this process.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => {});
child.on('error', (error) => {
  console.error(`${node} cannot be started: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
