import { readFileSync } from 'node:fs';
import { PROVIDER_NAMES } from '../domain/model/providers.ts';
import { DEFAULT_MODELS, readEnvironment } from '../settings/environment/environment.ts';
import type { OperatorModels } from '../settings/operator-models.ts';
import { parseSettings, type SettingsFinding } from '../settings/repository-settings.ts';
import { BOTH_FILES, OTHER_PATH, SETTINGS_PATH } from '../settings/settings-file.ts';
import { EXIT } from './exit-codes.ts';

/** Prints what is wrong with a settings file; returns the exit code. */
export function validateFile(given: string | undefined, json: boolean): number {
  const [file, second] = given === undefined ? defaultFiles() : [{ path: given, text: textOf(given) }];
  if (file === undefined) {
    if (json) console.log(JSON.stringify({ file: null, findings: [] }));
    else console.log(`There is no ${SETTINGS_PATH} here: the defaults apply.`);
    return EXIT.ok;
  }
  if (file.text === null) {
    console.error(`${file.path} cannot be read.`);
    return EXIT.usage;
  }
  const findings = second ? [{ line: 1, message: BOTH_FILES }] : findingsIn(file.text);
  if (json) console.log(JSON.stringify({ file: file.path, findings }));
  else if (findings.length === 0) console.log(`${file.path}: valid`);
  for (const { line, message } of json ? [] : findings) console.log(`${file.path}:${line}: ${message}`);
  return findings.length === 0 ? EXIT.ok : EXIT.problem;
}

/** The files that the bot would read. */
const defaultFiles = () =>
  [SETTINGS_PATH, OTHER_PATH].map((path) => ({ path, text: textOf(path) })).filter(({ text }) => text !== null);

function findingsIn(text: string): readonly SettingsFinding[] {
  const parsed = parseSettings(text, operator());
  return parsed.ok ? [] : parsed.reason;
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** In an editor or in CI it is unknown what the operator allows; then every well-formed model name passes. */
function operator(): OperatorModels {
  const environment = readEnvironment(process.env, (path) => readFileSync(path, 'utf8'));
  if (environment.ok) return environment.value.models;
  return {
    planner: DEFAULT_MODELS.PLANNER_MODEL,
    executor: DEFAULT_MODELS.EXECUTOR_MODEL,
    allowed: ['*'],
    providers: PROVIDER_NAMES,
  };
}
