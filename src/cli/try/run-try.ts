import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { editFile } from '../../adapters/editor/edit-file.ts';
import { localReport } from '../../adapters/git/local/report.ts';
import type { Clock } from '../../ports/clock.ts';
import { totalSpend } from '../../replies/phrases/figures.ts';
import { createRedactor } from '../../text/redaction/redactor.ts';
import { finishSteps } from '../../workflows/engine/steps.ts';
import type { TrySubject } from '../../workflows/try/ports.ts';
import type { ActiveTry } from './active-try.ts';
import { continueTry } from './continue-try.ts';
import { decider } from './decide.ts';
import type { Decision } from './decision.ts';
import { openEngine } from './open-engine.ts';
import type { TryOptions } from './options.ts';
import { type Prepared, prepare } from './prepare.ts';
import { saveSession } from './session.ts';
import { quoted } from './summarise.ts';
import { personAt } from './terminal/person.ts';
import { createScreen, type Screen } from './terminal/screen.ts';

const clock: Clock = { now: Date.now, sleep: (ms) => delay(ms) };

const EXIT = { failed: 1, usage: 2, interrupted: 130 };
/**
 * After Ctrl-C the turns in flight get this long, in milliseconds: each that arrives is recorded and need not be paid for again.
 */
const DRAIN_MS = 60_000;

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
    screen.emit({ type: 'note', text: 'Stopping as soon as the turns in flight are recorded; Ctrl-C again stops at once.' });
    void finishSteps(DRAIN_MS).then(() => {
      const resume = resumeCommand(prepared.value);
      screen.emit({ type: 'stopped', reason: 'Stopped. What is recorded is kept.', resume });
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

function resumeCommand({ repository, session }: Prepared): string {
  const command = process.env.npm_lifecycle_event === 'try' ? 'npm run try --' : 'planwright try';
  return `${command} --repo ${quoted(repository.path)} --resume ${session.number}`;
}

async function follow(options: TryOptions, prepared: Prepared, screen: Screen, interrupt: () => void): Promise<number> {
  const { repository, folder, settings, limits, priceOf, environment, resumed } = prepared;
  const { emit } = screen;
  let session = prepared.session;
  const { number, title, body, head } = session;
  const redact = createRedactor(Object.values(environment.providers).map((provider) => provider?.apiKey));
  const subject: TrySubject = {
    ...{ number, title, body, head, settings },
    repository: { owner: 'local', name: repository.name, installation: 0 },
  };
  const opened = await openEngine({ folder, repository, subject, environment, limits, priceOf, clock, redact, emit });
  if (!opened.ok) {
    emit({ type: 'stopped', reason: opened.reason, resume: null });
    return EXIT.failed;
  }
  const { work, snapshots, close } = opened.value;
  const person = options.interactive || process.stdin.isTTY ? personAt(process.stdin, process.stdout, interrupt) : null;
  const current: ActiveTry = {
    ...{ subject, work, priceOf, clock, limits, emit },
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
  emit({
    ...{ type: resumed ? 'resumed' : 'started', number, title, head, folder },
    ...{ repository: repository.path, branch: repository.branch },
    ...{ planner: settings.models.planner.model, executor: settings.models.executor.model, max_usd: limits.usd },
    ...{ recorded_turns: recorded.turns, recorded_usd: recorded.usd },
  });
  for (const text of prepared.notes) emit({ type: 'note', text });
  const colour = process.stdout.isTTY === true;
  const ended = await continueTry(current, { path: repository.path, bare: repository.bare, folder, colour });
  if (ended.reason !== '') emit({ type: 'stopped', reason: ended.reason, resume: resumeCommand(prepared) });
  await close();
  return ended.code;
}

const decisionsIn = ({ ask, replan }: TryOptions): Decision[] => [
  ...(ask === undefined ? [] : [{ kind: 'ask', text: ask } as const]),
  ...(replan === undefined ? [] : [{ kind: 'replan', text: replan === true ? '' : replan } as const]),
];
