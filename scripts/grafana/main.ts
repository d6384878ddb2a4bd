// Writes docs/grafana-dashboard.json. With --check it writes nothing and fails when the committed file is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { grafanaDashboard } from './dashboard.ts';

const FILE = 'docs/grafana-dashboard.json';
const text = `${JSON.stringify(grafanaDashboard(), null, 2)}\n`;

if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error(`${FILE} is stale: run \`npm run schema\` and commit the result.`);
  process.exit(1);
}
