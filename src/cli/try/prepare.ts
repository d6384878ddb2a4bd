import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { localReport } from '../../adapters/git/local/report.ts';
import { inspectRepository, type LocalRepository } from '../../adapters/git/local/repository.ts';
import type { Limits } from '../../domain/model/budget.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { PriceOf } from '../../ports/prices.ts';
import { joinNames } from '../../replies/phrases/join-names.ts';
import { type ModelEnvironment, readModelEnvironment } from '../../settings/environment/environment.ts';
import { limitsOf } from '../../settings/limits.ts';
import { defaultSettings, parseSettings, type Settings } from '../../settings/repository-settings.ts';
import { BOTH_FILES, OTHER_PATH, SETTINGS_PATH } from '../../settings/settings-file.ts';
import { newTry, triesFolder, triesIn } from './cache-folder.ts';
import { type IssueText, readIssue } from './issue-text.ts';
import { unpriced } from './limited-models.ts';
import { notesOn } from './notes.ts';
import { pricesOf } from './open-engine.ts';
import type { TryOptions } from './options.ts';
import { loadSession, newSession, type Session, saveSession } from './session.ts';

/** Everything that is known before the engine starts. */
export interface Prepared {
  readonly repository: LocalRepository;
  readonly folder: string;
  readonly session: Session;
  readonly resumed: boolean;
  readonly environment: ModelEnvironment;
  readonly settings: Settings;
  readonly limits: Limits;
  readonly priceOf: PriceOf;
  readonly notes: readonly string[];
}

/**
 * Checks the repository, the options and the environment, and takes a number. The reason of a failure is for the person; nothing
 * was started.
 */
export async function prepare(options: TryOptions): Promise<Outcome<Prepared>> {
  const here = whereThePersonIs(process.env);
  const inspected = await inspectRepository(resolve(here, options.repo));
  if (!inspected.ok) return inspected;
  const found = inspected.value;
  const tries = triesFolder(found, process.env);
  if (!tries.ok) return tries;
  const issue = options.issue === undefined ? null : await readIssue(options.issue, here, process.stdin);
  if (issue !== null && !issue.ok) return issue;
  const earlier = options.resume === undefined ? success(null) : findTry(tries.value, options.resume, issue?.value ?? null);
  if (!earlier.ok) return earlier;
  if (earlier.value === null && issue === null)
    return failure('Describe the issue: --issue "text" or --issue FILE. To continue an earlier try: --resume.');
  // A try that is resumed keeps the commit it began with, wherever HEAD is now.
  const repository = earlier.value === null ? found : { ...found, head: earlier.value.head, branch: earlier.value.branch };

  const named = earlier.value?.models ?? { planner: options.planner, executor: options.executor };
  for (const role of ['planner', 'executor'] as const)
    if (earlier.value && options[role] && options[role] !== earlier.value.models[role])
      return failure(
        `Try ${earlier.value.number} was begun with ${earlier.value.models[role]} as its ${role}, and keeps it. For another model begin another try.`,
      );
  const environment = readModelEnvironment(
    {
      ...process.env,
      ...(named.planner ? { PLANNER_MODEL: named.planner } : {}),
      ...(named.executor ? { EXECUTOR_MODEL: named.executor } : {}),
    },
    (path) => readFileSync(path, 'utf8'),
  );
  if (!environment.ok)
    return failure(['The models cannot be used:', ...environment.reason.map((problem) => `- ${problem}`)].join('\n'));
  const settings = await settingsAt(repository, environment.value, named);
  if (!settings.ok) return settings;
  const priceOf = pricesOf(environment.value);
  if (!priceOf.ok) return priceOf;

  const maxUsd = options.maxUsd ?? earlier.value?.maxUsd ?? null;
  const limited = limitsFor(settings.value, maxUsd, priceOf.value);
  if (!limited.ok) return limited;
  const session: Session =
    earlier.value === null
      ? begin(tries.value, repository, {
          ...(issue?.value as IssueText),
          models: { planner: settings.value.models.planner.model, executor: settings.value.models.executor.model },
          maxUsd,
          branches: await localReport(repository.path).branches('planwright/'),
        })
      : { ...earlier.value, maxUsd };
  const folder = join(tries.value, String(session.number));
  saveSession(folder, session);
  const { limits, notes } = limited.value;
  return success({
    ...{ repository, folder, session, environment: environment.value, settings: settings.value, limits, priceOf: priceOf.value },
    resumed: earlier.value !== null,
    notes: [...notesOn(repository), ...notes],
  });
}

function findTry(folder: string, wanted: number | true, issue: IssueText | null): Outcome<Session> {
  const numbers = wanted === true ? triesIn(folder).reverse() : [wanted];
  const sessions = numbers.flatMap((number) => loadSession(join(folder, String(number))) ?? []);
  const fitting = sessions.filter(({ title, body }) => issue === null || (title === issue.title && body === issue.body));
  const found = fitting.find(({ finished }) => !finished) ?? fitting[0];
  if (found) return success(found);
  if (wanted !== true) return failure(`There is no try ${wanted} of this repository${issue === null ? '' : ' for this issue'}.`);
  return failure(
    `There is no try of this repository${issue === null ? '' : ' for this issue'} to continue. Begin one without --resume.`,
  );
}

interface Beginning extends IssueText {
  readonly models: Session['models'];
  readonly maxUsd: number | null;
  readonly branches: readonly string[];
}

function begin(tries: string, { path, head, branch }: LocalRepository, { branches, ...facts }: Beginning): Session {
  return newSession({ ...facts, number: newTry(tries, branches), path, head, branch });
}

/** The repository's own settings; a model named by an option or an earlier process takes precedence. */
async function settingsAt(
  { path, head }: LocalRepository,
  { models }: ModelEnvironment,
  named: { readonly planner?: string | undefined; readonly executor?: string | undefined },
): Promise<Outcome<Settings>> {
  const { fileAt } = localReport(path);
  const [usual, other] = await Promise.all([fileAt(head, SETTINGS_PATH), fileAt(head, OTHER_PATH)]);
  if (usual !== null && other !== null) return failure(BOTH_FILES);
  const text = usual ?? other;
  const read = text === null ? success(defaultSettings(models)) : parseSettings(text, models);
  if (!read.ok)
    return failure(
      [
        `${usual === null ? OTHER_PATH : SETTINGS_PATH} cannot be used:`,
        ...read.reason.map((f) => `- line ${f.line}: ${f.message}`),
      ].join('\n'),
    );
  const { planner, executor } = read.value.models;
  return success({
    ...read.value,
    models: {
      planner: { ...planner, model: named.planner ?? planner.model },
      executor: { ...executor, model: named.executor ?? executor.model },
    },
  });
}

/**
 * A limit in dollars needs prices. One that the person has set must be enforced; the default is dropped where it cannot be, with a
 * note.
 */
function limitsFor(settings: Settings, maxUsd: number | null, priceOf: PriceOf): Outcome<{ limits: Limits; notes: string[] }> {
  const limits = { ...limitsOf(settings), ...(maxUsd === null ? {} : { usd: maxUsd }) };
  const { planner, executor } = settings.models;
  const unknown = unpriced([planner.model, ...planner.fallback, executor.model, ...executor.fallback], priceOf);
  if (unknown.length === 0 || limits.usd === null) return success({ limits, notes: [] });
  const price = `The price of ${joinNames(unknown)} is unknown`;
  if (maxUsd !== null)
    return failure(`${price}, so --max-usd cannot be enforced. Give its price in PRICES_FILE, or leave --max-usd out.`);
  return success({
    limits: { ...limits, usd: null },
    notes: [`${price}: costs are shown as unknown, and there is no limit in dollars.`],
  });
}

/** npm runs a script in the folder of its package, and names the folder it was called from. */
const whereThePersonIs = ({ npm_lifecycle_event, INIT_CWD }: NodeJS.ProcessEnv): string =>
  (npm_lifecycle_event === 'try' && INIT_CWD) || process.cwd();
