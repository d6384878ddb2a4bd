// Writes schema/planwright.schema.json, which editors check .github/planwright.yml against. With --check it writes nothing and fails
// when the committed file is stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { settingsSchema } from '../src/settings/settings-schema.ts';

const FILE = 'schema/planwright.schema.json';

// Draft 7 is what the YAML language server of the common editors knows best.
const { $schema, ...schema } = z.toJSONSchema(settingsSchema, { io: 'input', target: 'draft-7' });
// An empty file, which YAML reads as null, means the defaults.
const type = ['object', 'null'];
const text = `${JSON.stringify({ $schema, title: 'Planwright: .github/planwright.yml', ...schema, type }, null, 2)}\n`;

const committed = () => {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return null;
  }
};

if (process.argv.includes('--check')) {
  if (committed() !== text) {
    console.error(`${FILE} is stale: run \`npm run schema\` and commit the result.`);
    process.exit(1);
  }
} else {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, text);
}
