// Runs before `npm run demo`, `npm test` and `npm start` on whatever Node is installed (20 or newer):
// installs the locked dependencies when they are missing or older than the lockfile. Among them is the `node`
// package, so the script that follows finds Node 24 first on the PATH npm gives it.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

// npm writes node_modules/.package-lock.json as the last thing an install does.
if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
  console.log('Installing dependencies (npm ci) ...');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('npm ci failed; see the lines above.');
    process.exit(status ?? 1);
  }
}
