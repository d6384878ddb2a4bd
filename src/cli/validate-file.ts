import { lstatSync, readFileSync } from 'node:fs';
import { PROVIDER_NAMES } from '../domain/model/providers.ts';
import { DEFAULT_MODELS, readEnvironment } from '../settings/environment/environment.ts';
import type { OperatorModels } from '../settings/operator-models.ts';
import { parseSettings, type SettingsFinding } from '../settings/repository-settings.ts';
import { BOTH_FILES, notAFile, OTHER_PATH, SETTINGS_PATH } from '../settings/settings-file.ts';
import { EXIT } from './exit-codes.ts';

/** Prints what is wrong with a settings file; returns the exit code. */
export function validateFile(given: string | undefined, json: boolean): number {
  const [file, second] = given === undefined ? defaultFiles() : [{ path: given, text: textOf(given), problem: null }];
  if (file === undefined) {
    if (json) console.log(JSON.stringify({ file: null, findings: [] }));
    else console.log(`There is no ${SETTINGS_PATH} here: the defaults apply.`);
    return EXIT.ok;
  }
  const problem = second ? BOTH_FILES : file.problem;
  if (file.text === null && problem === null) {
    console.error(`${file.path} cannot be read.`);
    return EXIT.usage;
  }
  const findings = problem === null ? findingsIn(file.text ?? '') : [{ line: 1, message: problem }];
  if (json) console.log(JSON.stringify({ file: file.path, findings }));
  else if (findings.length === 0) console.log(`${file.path}: valid`);
  for (const { line, message } of json ? [] : findings) console.log(`${file.path}:${line}: ${message}`);
  return findings.length === 0 ? EXIT.ok : EXIT.problem;
}

interface Found {
  readonly path: string;
  readonly text: string | null;
  /** Why the bot would not read it. */
  readonly problem: string | null;
}

/** The files that the bot would read; where there are none, what it finds in their place. */
function defaultFiles(): readonly Found[] {
  const found = [SETTINGS_PATH, OTHER_PATH].flatMap((path): Found[] => {
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (!there) return [];
    const problem = there.isFile() ? null : notAFile(path, there.isDirectory() ? 'directory' : 'link');
    return [{ path, text: problem === null ? textOf(path) : null, problem }];
  });
  const files = found.filter(({ problem }) => problem === null);
  return files.length > 0 ? files : found.slice(0, 1);
}

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
