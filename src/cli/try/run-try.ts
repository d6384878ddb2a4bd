import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { editFile } from '../../adapters/editor/edit-file.ts';
import { localReport } from '../../adapters/git/local-report.ts';
import { inspectRepository, type LocalRepository } from '../../adapters/git/local-repository.ts';
import type { Limits } from '../../domain/model/budget.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PriceOf } from '../../ports/prices.ts';
import { totalSpend } from '../../replies/phrases/figures.ts';
import { inWords } from '../../replies/phrases/in-words.ts';
import { type ModelEnvironment, readModelEnvironment } from '../../settings/environment.ts';
import { limitsOf } from '../../settings/limits.ts';
import { defaultSettings, parseSettings, SETTINGS_PATH, type Settings } from '../../settings/repository-settings.ts';
import { createRedactor } from '../../text/redactor.ts';
import { finishSteps } from '../../workflows/engine/steps.ts';
import type { TrySubject } from '../../workflows/try/ports.ts';
import { buildComponents, type Outcomes, retryComponents } from './build-components.ts';
import { newTry, triesFolder, triesIn } from './cache-folder.ts';
import { decider } from './decide.ts';
import type { Decision } from './decision.ts';
import { type IssueText, readIssue } from './issue-text.ts';
import { unpriced } from './limited-models.ts';
import { notesOn } from './notes.ts';
import { openEngine, pricesOf } from './open-engine.ts';
import type { TryOptions } from './options.ts';
import { personAt } from './person.ts';
import { agreeOnPlan, nextRound, retryPlanning } from './review-plan.ts';
import { createScreen, type Screen } from './screen.ts';
import { loadSession, newSession, type Session, saveSession } from './session.ts';
import { quoted, summarise } from './summarise.ts';
import { type Ended, stopped, type TheTry } from './the-try.ts';

const clock: Clock = { now: Date.now, sleep: (ms) => delay(ms) };

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 };
/** After Ctrl-C the turns in flight get this long, in milliseconds: each that arrives is recorded and need not be paid for again. */
const DRAIN_MS = 60_000;

/** Everything that is known before the engine starts. */
interface Prepared {
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

/** The whole of `planwright try`; resolves with the exit code. */
export async function runTry(options: TryOptions): Promise<number> {
  const prepared = await prepare(options);
  if (!prepared.ok) {
    if (options.json) console.log(JSON.stringify({ type: 'stopped', reason: prepared.reason, resume: null }));
    else console.error(prepared.reason);
    return EXIT.usage;
  }
  const { environment } = prepared.value;
  const redact = createRedactor(Object.values(environment.providers).map((provider) => provider?.apiKey));
  const screen = createScreen({ json: options.json, output: process.stdout, clock, redact });
  const interrupted = Promise.withResolvers<number>();
  let interrupts = 0;
  const interrupt = (): void => {
    interrupts += 1;
    if (interrupts > 1) process.exit(EXIT.interrupted);
    screen.tell({ type: 'note', text: 'Stopping as soon as the turns in flight are recorded; Ctrl-C again stops at once.' });
    void finishSteps(DRAIN_MS).then(() => {
      const resume = resumeCommand(prepared.value);
      screen.tell({ type: 'stopped', reason: 'Stopped. What is recorded is kept.', resume });
      interrupted.resolve(EXIT.interrupted);
    });
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await Promise.race([follow(options, prepared.value, screen, interrupt), interrupted.promise]);
  } finally {
    screen.close();
  }
}

async function prepare(options: TryOptions): Promise<Outcome<Prepared>> {
  const inspected = await inspectRepository(options.repo);
  if (!inspected.ok) return inspected;
  const found = inspected.value;
  const tries = triesFolder(found, process.env);
  if (!tries.ok) return tries;
  const issue = options.issue === undefined ? null : await readIssue(options.issue, process.stdin);
  if (issue !== null && !issue.ok) return issue;
  const earlier = options.resume === undefined ? success(null) : findTry(tries.value, options.resume, issue?.value ?? null);
  if (!earlier.ok) return earlier;
  if (earlier.value === null && issue === null)
    return failure('Say what is wanted: --issue "text" or --issue FILE. To continue an earlier try: --resume.');
  // What was begun is about the commit that it began with, wherever HEAD is now.
  const repository = earlier.value === null ? found : { ...found, head: earlier.value.head, branch: earlier.value.branch };

  const named = earlier.value?.models ?? { planner: options.planner, executor: options.executor };
  for (const role of ['planner', 'executor'] as const)
    if (earlier.value && options[role] && options[role] !== earlier.value.models[role])
      return failure(
        `Try ${earlier.value.number} was begun with ${earlier.value.models[role]} as its ${role}, and keeps it. For another model begin another try.`,
      );
  const environment = readModelEnvironment({
    ...process.env,
    ...(named.planner ? { PLANNER_MODEL: named.planner } : {}),
    ...(named.executor ? { EXECUTOR_MODEL: named.executor } : {}),
  });
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

/** The repository's own settings; a model named by an option or an earlier process comes before them. */
async function settingsAt(
  { path, head }: LocalRepository,
  { models }: ModelEnvironment,
  named: { readonly planner?: string | undefined; readonly executor?: string | undefined },
): Promise<Outcome<Settings>> {
  const text = await localReport(path).fileAt(head, SETTINGS_PATH);
  const read = text === null ? success(defaultSettings(models)) : parseSettings(text, models);
  if (!read.ok)
    return failure([`${SETTINGS_PATH} cannot be used:`, ...read.reason.map((f) => `- line ${f.line}: ${f.message}`)].join('\n'));
  const { planner, executor } = read.value.models;
  return success({
    ...read.value,
    models: {
      planner: { ...planner, model: named.planner ?? planner.model },
      executor: { ...executor, model: named.executor ?? executor.model },
    },
  });
}

/** A limit in dollars needs prices. One that the person has set must hold; the usual one is left out where it cannot, which is said. */
function limitsFor(settings: Settings, maxUsd: number | null, priceOf: PriceOf): Outcome<{ limits: Limits; notes: string[] }> {
  const limits = { ...limitsOf(settings), ...(maxUsd === null ? {} : { usd: maxUsd }) };
  const { planner, executor } = settings.models;
  const unknown = unpriced([planner.model, ...planner.fallback, executor.model, ...executor.fallback], priceOf);
  if (unknown.length === 0 || limits.usd === null) return success({ limits, notes: [] });
  const price = `The price of ${inWords(unknown)} is unknown`;
  if (maxUsd !== null)
    return failure(`${price}, so --max-usd cannot be kept. Give its price in PRICES_FILE, or leave --max-usd out.`);
  return success({
    limits: { ...limits, usd: null },
    notes: [`${price}: costs are shown as unknown, and there is no limit in dollars.`],
  });
}

function resumeCommand({ repository, session }: Prepared): string {
  const command = process.env.npm_lifecycle_event === 'try' ? 'npm run try --' : 'planwright try';
  return `${command} --repo ${quoted(repository.path)} --resume ${session.number}`;
}

async function follow(options: TryOptions, prepared: Prepared, screen: Screen, interrupt: () => void): Promise<number> {
  const { repository, folder, settings, limits, priceOf, environment, resumed } = prepared;
  const { tell } = screen;
  let session = prepared.session;
  const { number, title, body, head } = session;
  const redact = createRedactor(Object.values(environment.providers).map((provider) => provider?.apiKey));
  const subject: TrySubject = {
    ...{ number, title, body, head, settings },
    repository: { owner: 'local', name: repository.name, installation: 0 },
  };
  const opened = await openEngine({ folder, repository, subject, environment, limits, priceOf, clock, redact, tell });
  if (!opened.ok) {
    tell({ type: 'stopped', reason: opened.reason, resume: null });
    return EXIT.failed;
  }
  const { work, snapshots, close } = opened.value;
  const person = options.interactive || process.stdin.isTTY ? personAt(process.stdin, process.stdout, interrupt) : null;
  const current: TheTry = {
    ...{ subject, work, priceOf, clock, limits, tell },
    snapshot: await snapshots.open(subject.repository, head),
    report: localReport(repository.path),
    planPath: join(folder, 'PLAN.md'),
    session: () => session,
    update(change) {
      session = { ...session, ...change };
      saveSession(folder, session);
    },
    ...decider({ given: decisionsIn(options), approves: options.yes, person, screen }),
    async edit(path) {
      screen.quiet(true);
      const edited = await editFile(path, process.env);
      screen.quiet(false);
      return edited.ok ? null : edited.reason;
    },
  };
  const recorded = totalSpend([...(await work.spent()).values()].flat());
  tell({
    ...{ type: resumed ? 'resumed' : 'started', number, title, head, folder },
    ...{ repository: repository.path, branch: repository.branch },
    ...{ planner: settings.models.planner.model, executor: settings.models.executor.model, max_usd: limits.usd },
    ...{ recorded_turns: recorded.turns, recorded_usd: recorded.usd },
  });
  for (const text of prepared.notes) tell({ type: 'note', text });
  const ended = await goAllTheWay(current, prepared, screen);
  if (ended.reason !== '') tell({ type: 'stopped', reason: ended.reason, resume: resumeCommand(prepared) });
  await close();
  return ended.code;
}

const decisionsIn = ({ ask, replan }: TryOptions): Decision[] => [
  ...(ask === undefined ? [] : [{ kind: 'ask', text: ask } as const]),
  ...(replan === undefined ? [] : [{ kind: 'replan', text: replan === true ? '' : replan } as const]),
];

/** From wherever it is to the end, or to where it needs somebody. */
async function goAllTheWay(current: TheTry, prepared: Prepared, screen: Screen): Promise<Ended> {
  const { repository, folder } = prepared;
  await retryPlanning(current);
  for (let first = true; ; first = false) {
    const agreed = await agreeOnPlan(current);
    if (agreed.kind === 'stopped') return agreed;
    if (first) await retryComponents(current, agreed);
    const outcomes = await buildComponents(current, agreed);
    if (outcomes.blocked.length + outcomes.failed.length === 0) {
      const colour = process.stdout.isTTY === true;
      await summarise(current, agreed, { path: repository.path, bare: repository.bare, folder, colour });
      current.update({ finished: true });
      return stopped('', EXIT.done);
    }
    const decision = await current.decide(whatIsWrong(outcomes), [
      ...(outcomes.failed.length > 0 ? (['retry'] as const) : []),
      ...(['replan', 'edit', 'stop'] as const),
    ]);
    switch (decision?.kind) {
      case 'retry':
        await retryComponents(current, agreed);
        break;
      case 'edit': {
        const problem = await current.edit(current.planPath);
        if (problem !== null) screen.tell({ type: 'note', text: problem });
        current.update({ approved: null });
        break;
      }
      case 'replan': {
        const text = decision.text || (outcomes.blocked.length > 0 ? '' : ((await current.askFor('What should change?')) ?? ''));
        if (text === '' && outcomes.blocked.length === 0) return stopped(whatIsWrong(outcomes), EXIT.failed);
        nextRound(current, { text, blockers: outcomes.blocked });
        break;
      }
      default:
        return stopped(`${whatIsWrong(outcomes)} ${whatHelps(outcomes)}`, EXIT.failed);
    }
  }
}

const whatIsWrong = ({ blocked, failed }: Outcomes): string =>
  [
    ...(blocked.length === 0
      ? []
      : [`${inWords(blocked.map(({ component }) => component))} blocked: the plan cannot be followed.`]),
    ...(failed.length === 0 ? [] : [`${inWords(failed)} failed.`]),
  ].join(' ');

const whatHelps = ({ blocked }: Outcomes): string =>
  blocked.length > 0
    ? 'Continue with --replan and have the planner amend the plan; what is built stays.'
    : 'To try again, continue.';
