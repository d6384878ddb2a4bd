// Moments at which a bot can be killed: a request of one task, held where the test wants it until the bot is dead.
import type { SeenRequest } from './github/traffic.ts';
import { roleIn, type ScriptedTask } from './scripted-task.ts';
import type { Stage } from './stage.ts';

export interface KillPoint {
  /** For the error when the bot never gets there. */
  readonly name: string;
  arm(stage: Stage, task: ScriptedTask): Armed;
}

interface Armed {
  readonly reached: Promise<unknown>;
  /** To be called when the bot is dead: what was held is performed or not, as the point says, and nobody hears of it. */
  settle(): void;
}

/** A write the bot sends to GitHub, told by its method and its path within the repository. */
export interface Write {
  readonly name: string;
  readonly method: 'POST' | 'PATCH';
  readonly path: RegExp;
  readonly where?: (request: SeenRequest) => boolean;
}

/** The write has arrived and is never performed. */
export const unperformed = (write: Write): KillPoint => heldWrite(write, 'before');

/** The write is performed and its answer never arrives. */
export const unanswered = (write: Write): KillPoint => heldWrite(write, 'after');

function heldWrite({ name, method, path, where = () => true }: Write, when: 'before' | 'after'): KillPoint {
  return {
    name: `${when} ${name}`,
    arm({ github }, { page }) {
      const prefix = `/repos/${page.repository.fullName}/`;
      const held = github.hold({
        when,
        method,
        by: 'planwright[bot]',
        where: (r) => r.path.startsWith(prefix) && path.test(r.path.slice(prefix.length)) && where(r),
      });
      return { reached: held.reached, settle: when === 'before' ? held.abandon : held.release };
    },
  };
}

/** A model has been asked for this turn (from 0) and has not answered. */
export const asked = (role: 'planner' | 'executor', turn: number): KillPoint => ({
  name: `while the ${role} is asked for turn ${turn}`,
  arm({ models }, task) {
    const hold = models.hold({ when: (r) => roleIn(task, r) === role && r.turn === turn });
    return { reached: hold.reached, settle: hold.release };
  },
});

const says = (text: string) => (request: SeenRequest) => JSON.stringify(request.body).includes(text);

/** Each kind of write in a task's life, in order. `says` of a status comment looks into the record hidden in it. */
export const WRITES = {
  firstStatus: { name: 'the status comment', method: 'POST', path: /^issues\/\d+\/comments$/, where: says('planwright:status') },
  tree: { name: 'a tree', method: 'POST', path: /^git\/trees$/ },
  commit: { name: 'a commit', method: 'POST', path: /^git\/commits$/ },
  branch: { name: 'a branch', method: 'POST', path: /^git\/refs$/ },
  advance: { name: 'a branch moved', method: 'PATCH', path: /^git\/refs\/heads(\/|%2F)/ },
  retarget: { name: 'a pull request retargeted', method: 'PATCH', path: /^pulls\/\d+$/, where: says('"base"') },
  pull: { name: 'a pull request', method: 'POST', path: /^pulls$/ },
  newLabel: { name: 'the look of a new label', method: 'PATCH', path: /^labels\/./ },
  label: { name: 'a label on a pull request', method: 'POST', path: /^issues\/\d+\/labels$/ },
  check: { name: 'a check', method: 'POST', path: /^check-runs$/ },
  eyes: { name: 'the eyes', method: 'POST', path: /^issues\/comments\/\d+\/reactions$/, where: says('eyes') },
  reply: { name: 'a reply', method: 'POST', path: /^issues\/\d+\/comments$/, where: says('planwright:reply') },
  rocket: { name: 'the rocket', method: 'POST', path: /^issues\/comments\/\d+\/reactions$/, where: says('rocket') },
  moved: { name: 'a branch moved', method: 'PATCH', path: /^git\/refs\/./ },
  account: { name: 'the account of a revision', method: 'POST', path: /^issues\/\d+\/comments$/, where: says('to=revised:') },
  answered: { name: 'an answer in a conversation', method: 'POST', path: /^pulls\/\d+\/comments\/\d+\/replies$/ },
  planned: status('that the plan is there', 'phase', 'ready'),
  started: status('that components run', 'state', 'running'),
  opened: status('that a component is open', 'state', 'open'),
  merged: status('that a component is merged', 'state', 'merged'),
  closedPlan: { name: "the plan's pull request closed", method: 'PATCH', path: /^pulls\/\d+$/, where: says('closed') },
  closedIssue: { name: 'the issue closed', method: 'PATCH', path: /^issues\/\d+$/, where: says('closed') },
} satisfies Record<string, Write>;

function status(what: string, key: string, value: string): Write {
  const json = JSON.stringify(JSON.stringify({ [key]: value }).slice(1, -1)).slice(1, -1);
  return { name: `the status ${what}`, method: 'PATCH', path: /^issues\/comments\/\d+$/, where: says(json) };
}

/** Several tasks share two cores with bots that come and go. */
export const PATIENT = { timeoutMs: 180_000 };

/** Every task goes to its own point; when all are there the bot is killed: one crash that hits each where it was to be hit. */
export async function killAt(
  stage: Stage,
  all: readonly ScriptedTask[],
  points: ReadonlyMap<ScriptedTask, KillPoint>,
  go: () => Promise<unknown>,
): Promise<void> {
  const armed = [...points].map(([task, point]) => ({ task, point, ...point.arm(stage, task) }));
  const missing = new Set(armed);
  for (const one of armed) void one.reached.then(() => missing.delete(one));
  await go();
  await stage.github
    .until('every task to reach its point', () => missing.size === 0, PATIENT)
    .catch((error: unknown) => {
      const names = [...missing].map(({ task, point }) => `${point.name} in ${task.page.repository.name}`);
      throw new Error(`not reached: ${names.join(', ')}`, { cause: error });
    });
  await stage.bot.kill();
  for (const task of all) task.kills.push(Date.now());
  for (const { settle } of armed) settle();
}

/** Kills the bot as soon as the engine has recorded a step, told by its name and the beginning of its workflow's. */
export async function killAtStep(
  stage: Stage,
  task: ScriptedTask,
  step: string,
  go: (killAt: RegExp) => Promise<unknown>,
): Promise<void> {
  const line = new RegExp(`step recorded: ${step}:${task.page.repository.fullName}#`);
  stage.bot.killAt(line);
  await go(line);
  await stage.bot.exited;
  task.kills.push(Date.now());
}
