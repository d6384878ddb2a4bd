// Runs before `npm run demo`, `npm test` and `npm start` on whatever Node is installed (20 or newer):
// installs the locked dependencies when they are missing or not those of the lockfile. Among them is the `node`
// package, so the script that follows finds Node 24 first on the PATH npm gives it.
import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';

const packagesIn = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

// npm writes node_modules/.package-lock.json as the last thing an install does. Dates say nothing: a checkout makes the
// lockfile new without changing it, and `npm install` writes it after that file.
function isInstalled() {
  try {
    const installed = packagesIn('node_modules/.package-lock.json');
    return Object.entries(packagesIn('package-lock.json')).every(
      ([path, wanted]) => path === '' || (installed[path]?.version ?? (wanted.optional && wanted.version)) === wanted.version,
    );
  } catch {
    return false;
  }
}

// `npm ci` empties what node_modules points to before it installs, and that may be another checkout's.
if (!isInstalled() && lstatSync('node_modules', { throwIfNoEntry: false })?.isSymbolicLink()) {
  console.error('node_modules is a symbolic link, and what it points to does not match package-lock.json.');
  console.error('Installing would empty the folder it points to: remove the link, then run this command again.');
  process.exit(1);
}
if (!isInstalled()) {
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
