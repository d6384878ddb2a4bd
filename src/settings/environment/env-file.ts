import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { spellingsOf } from './variable-spellings.ts';

/**
 * Adds to `environment` the variables of the file that ENV_FILE names (`.env`) that the environment lacks. A variable that is set
 * in the environment, even to an empty value, wins together with its other spellings: WEBHOOK_SECRET_FILE in the environment makes
 * WEBHOOK_SECRET in the file ineffective. Values may be quoted, may have several lines between quotes, and between double quotes
 * `\n` is a line break.
 * @returns a sentence when a file that ENV_FILE names cannot be read.
 */
export function loadEnvFile(environment: NodeJS.ProcessEnv): string | null {
  const path = environment.ENV_FILE || '.env';
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!environment.ENV_FILE && code === 'ENOENT') return null;
    return `${path} cannot be read (${code ?? 'unknown error'}): check that the file is there and readable for this user.`;
  }
  Object.assign(environment, missingFrom(environment, parseEnv(text.replace(/^\uFEFF/, ''))));
  return null;
}

/** The entries of the file that the environment does not override under any spelling. */
function missingFrom(
  environment: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(file).filter(([name]) => spellingsOf(name).every((spelling) => environment[spelling] === undefined)),
  );
}
