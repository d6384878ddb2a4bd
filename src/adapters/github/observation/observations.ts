import { DEFAULT_PREFIX, parseBranchName } from '../../../domain/task/branch-name.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Observed, RepositoryForge } from '../../../ports/forge/forge.ts';
import { ForgeError } from '../../../ports/forge/forge-error.ts';
import { type Access, nameOf } from '../access.ts';
import { type Read, readOnce } from './read-once.ts';
import { NOTHING, readTask, type TaskAnswers } from './read-task.ts';

export interface Observations {
  /** The repository for one observation: what one query can tell of the task is asked at the first read, the rest as it is read. */
  begin(access: Access, repo: RepositoryForge, what: Observed): RepositoryForge;
}

/** Tasks of which is remembered what their last query told, and which pull requests it did not. */
const TASKS_KEPT = 200;
/** Nobody takes older answers, and these hold whole conversations. */
const ANSWERS_KEPT_MS = 30_000;
/** Of branches and pull requests that have to be asked for one by one in a query; what is more is read by REST. */
const MOST_ASKED = 40;

interface Remembered {
  /** What was read and is not to be found by the task's branches, the latest last. */
  readonly branches: Set<string>;
  readonly pulls: Set<number>;
  /** What the names of its branches began with when it was read last. */
  prefix: string | null;
  answers: { readonly at: number; readonly files: string; readonly told: Promise<TaskAnswers> } | null;
}

export function observations(clock: Clock): Observations {
  const tasks = new Map<string, Remembered>();
  /** The same for repositories, whose next task is likely to follow suit. */
  const prefixes = new Map<string, string>();

  function remembered(key: string): Remembered {
    const known = tasks.get(key) ?? { branches: new Set(), pulls: new Set(), prefix: null, answers: null };
    tasks.delete(key);
    tasks.set(key, known);
    for (const [oldest, { answers }] of tasks) {
      if (tasks.size > TASKS_KEPT) tasks.delete(oldest);
      else if (answers && clock.now() - answers.at > ANSWERS_KEPT_MS) (tasks.get(oldest) as Remembered).answers = null;
    }
    return known;
  }

  function ask(access: Access, what: Observed): Promise<TaskAnswers> {
    const { issue, files, maxAgeMs } = what;
    const task = remembered(keyOf(access, what));
    const { answers } = task;
    const at = clock.now();
    if (answers && maxAgeMs !== null && at - answers.at <= maxAgeMs && answers.files === files.join()) return answers.told;
    const prefix = task.prefix ?? prefixes.get(nameOf(access)) ?? DEFAULT_PREFIX;
    const also = { prefix, branches: [...task.branches], pulls: [...task.pulls] };
    const told = readTask(access, { issue, files, ...also }).catch((error: unknown) => insteadOf(error, access));
    const latest = { at, files: files.join(), told };
    task.answers = latest;
    // A refusal is nobody's answer.
    told.catch(() => {
      if (task.answers === latest) task.answers = null;
    });
    return told;
  }

  /**
   * What GitHub does not want to tell in one query, it tells in many. Only a client that asks too fast must not ask all the more. A TypeError is a null
   * that the schema allows, such as an element of a list that cannot be shown: left out, a check or the status comment might be what is missing.
   */
  async function insteadOf(error: unknown, access: Access): Promise<TaskAnswers> {
    const isRefusal = error instanceof ForgeError && error.reason !== 'secondary_limit';
    if (!isRefusal && !(error instanceof TypeError)) throw error;
    (await access.octokit()).log.info(`A task is read piece by piece: ${error.message}`);
    return NOTHING;
  }

  function notePrefix(access: Access, what: Observed, read: Read, [subject]: readonly unknown[]): void {
    if (read !== 'pullRequestsFrom' || typeof subject !== 'string') return;
    const branch = parseBranchName(subject);
    if (branch?.issue !== what.issue) return;
    remembered(keyOf(access, what)).prefix = branch.prefix;
    prefixes.delete(nameOf(access));
    prefixes.set(nameOf(access), branch.prefix);
    for (const oldest of prefixes.keys()) if (prefixes.size > TASKS_KEPT) prefixes.delete(oldest);
  }

  return {
    begin(access, repo, what) {
      let asked: Promise<TaskAnswers> | null = null;
      const told = (): Promise<TaskAnswers> => {
        asked ??= ask(access, what);
        return asked;
      };
      const ofOwner: ReturnType<RepositoryForge['ofOwner']> = {
        async entry(path, ref) {
          const answer = ref === null ? (await told()).ofOwner(path) : null;
          return answer ? answer.value : repo.ofOwner().entry(path, ref);
        },
      };
      const once = readOnce(repo, async (read, given) => {
        const answer = (await told()).about(read, given);
        note(remembered(keyOf(access, what)), read, given, answer);
        notePrefix(access, what, read, given);
        return answer;
      });
      return { ...once, ofOwner: () => ofOwner };
    },
  };
}

const keyOf = (access: Access, { issue }: Observed): string => `${nameOf(access).toLowerCase()}#${issue}`;

/** What the task's branches do not tell, the next query asks for as well; of a branch that is about to be made, too. */
function note(
  { branches, pulls }: Remembered,
  read: Read,
  [subject]: readonly unknown[],
  answer: ReturnType<TaskAnswers['about']>,
): void {
  const isToBeMade = read === 'branchHead' && answer?.value === null;
  const isListed = answer?.isListed === true && !isToBeMade;
  if ((read === 'pullRequestsFrom' || isToBeMade) && typeof subject === 'string') keep(branches, subject, !isListed);
  if (read === 'pullRequest' && typeof subject === 'number') keep(pulls, subject, !isListed);
}

function keep<T>(asked: Set<T>, subject: T, isToBeAsked: boolean): void {
  asked.delete(subject);
  if (isToBeAsked) asked.add(subject);
  for (const oldest of asked) if (asked.size > MOST_ASKED) asked.delete(oldest);
}
