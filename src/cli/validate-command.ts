import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { PROVIDER_NAMES } from '../domain/model/providers.ts';
import { DEFAULT_MODELS, readEnvironment } from '../settings/environment.ts';
import type { OperatorModels } from '../settings/operator-models.ts';
import { parseSettings, SETTINGS_PATH, type SettingsFinding } from '../settings/repository-settings.ts';
import { type End, EXIT } from './exit-codes.ts';

/** Where people also put the file; Planwright reads only the first. */
const DEFAULT_FILES = [SETTINGS_PATH, SETTINGS_PATH.replace(/yml$/, 'yaml')];

export const validateCommand = (end: End): Command =>
  new Command('validate')
    .description('check a settings file as the check `planwright / settings` does')
    .argument('[FILE]', `the file; without one ${DEFAULT_FILES.join(' or .')}`)
    .option('--json', 'print {"file", "findings": [{"line", "message"}]} for programs')
    .addHelpText(
      'after',
      '\nModels are checked against ALLOWED_MODELS and the providers only where the whole environment of Planwright is set.',
    )
    .action((file: string | undefined, { json = false }: { json?: boolean }) => end(validate(file, json)));

function validate(given: string | undefined, json: boolean): number {
  const read = firstReadable(given === undefined ? DEFAULT_FILES : [given]);
  if (read === null) {
    if (given !== undefined) {
      console.error(`${given} cannot be read.`);
      return EXIT.usage;
    }
    if (json) console.log(JSON.stringify({ file: null, findings: [] }));
    else console.log(`There is no ${SETTINGS_PATH} here: the defaults apply.`);
    return EXIT.ok;
  }
  const findings = [...nameFindings(given, read.file), ...findingsIn(read.text)];
  if (json) console.log(JSON.stringify({ file: read.file, findings }));
  else if (findings.length === 0) console.log(`${read.file}: valid`);
  for (const { line, message } of json ? [] : findings) console.log(`${read.file}:${line}: ${message}`);
  return findings.length === 0 ? EXIT.ok : EXIT.problem;
}

function findingsIn(text: string): readonly SettingsFinding[] {
  const parsed = parseSettings(text, operator());
  return parsed.ok ? [] : parsed.reason;
}

/** Found under the other ending, the file has no effect at all, which is worse than any mistake in it. */
const nameFindings = (given: string | undefined, file: string): SettingsFinding[] =>
  given === undefined && file !== SETTINGS_PATH
    ? [{ line: 1, message: `Planwright reads \`${SETTINGS_PATH}\` only; rename the file.` }]
    : [];

function firstReadable(files: readonly string[]): { file: string; text: string } | null {
  for (const file of files) {
    try {
      return { file, text: readFileSync(file, 'utf8') };
    } catch {
      // The next one may be there.
    }
  }
  return null;
}

/** In an editor or in CI nobody knows what the operator allows; then every well-formed model name passes. */
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
