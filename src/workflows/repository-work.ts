import { DBOS } from '@dbos-inc/dbos-sdk';
import { fullName, type RepositoryRef } from '../domain/repository.ts';
import { SETTINGS_PATH } from '../settings/repository-settings.ts';
import { againAfter } from './again.ts';
import { step, TASKS } from './engine.ts';
import { tasksOf } from './pick-up-tasks.ts';
import type { WorkflowPorts } from './ports.ts';
import type { Workflows } from './register.ts';
import { lookAtPull, type SeenPull } from './seen-pull.ts';

/** The default branch moved. */
export interface Pushed {
  readonly repository: RepositoryRef;
  /** Its tip now. */
  readonly head: string;
  /** Paths the push changed; null: too many, or they cannot be told. */
  readonly touched: readonly string[] | null;
}

/** What concerns a repository rather than one of its tasks. The same id is taken once. */
export interface RepositoryWork {
  pull(pull: SeenPull, id: string): Promise<void>;
  pushed(pushed: Pushed, id: string): Promise<void>;
}

/** Registers the workflows under their lasting names; to be called once, before the engine is launched. */
export function registerRepositoryWork(ports: WorkflowPorts, workflows: Pick<Workflows, 'signal'>): RepositoryWork {
  const pull = persistent<SeenPull>(
    'pull',
    ({ repository, number }) => `${fullName(repository)}!${number}`,
    (seen) => lookAtPull(ports, seen),
  );
  const pushed = persistent<Pushed>(
    'pushed',
    ({ repository }) => fullName(repository),
    (push) => followPush(ports, workflows, push),
  );
  return { pull, pushed };

  /** One after the other in their partition, and again later where GitHub did not answer. */
  function persistent<W>(name: string, partition: (what: W) => string, run: (what: W) => Promise<void>) {
    interface Input {
      readonly what: W;
      readonly tries: number;
    }
    const workflow = DBOS.registerWorkflow(
      async (input: Input): Promise<void> => {
        try {
          await run(input.what);
        } catch (error) {
          const pause = againAfter(error, input.tries);
          if (pause === null) throw error;
          ports.log.warn(
            { err: error, name, where: partition(input.what), againInSeconds: pause },
            'an event could not be acted on',
          );
          await enqueue({ ...input, tries: input.tries + 1 }, `${DBOS.workflowID}:again`, { delaySeconds: pause });
        }
      },
      { name },
    );
    async function enqueue(input: Input, workflowID: string, delay: { readonly delaySeconds?: number } = {}): Promise<void> {
      const enqueueOptions = { ...delay, queuePartitionKey: partition(input.what) };
      await DBOS.startWorkflow(workflow, { workflowID, queueName: TASKS, enqueueOptions })(input);
    }
    return (what: W, id: string): Promise<void> => enqueue({ what, tries: 0 }, id);
  }
}

/** Most pushes are of no interest: settings, and plans, which are Markdown files wherever they lie. */
export const matters = ({ touched }: Pushed): boolean =>
  touched === null || touched.some((path) => path === SETTINGS_PATH || path.endsWith('.md'));

/** Changed settings concern every task of the repository: what had stopped over broken ones goes on, and the other way around. */
async function followPush(
  ports: WorkflowPorts,
  workflows: Pick<Workflows, 'signal'>,
  { repository, head, touched }: Pushed,
): Promise<void> {
  if (touched !== null && !touched.includes(SETTINGS_PATH)) return;
  for (const governed of await step('repositories', () => governedBy(ports, repository))) {
    const issues = await step('tasks', async () => [...(await tasksOf(ports, governed))]);
    for (const issue of issues) {
      const task = { repository: governed, issue };
      await workflows.signal(task, { kind: 'hint' }, `settings:${head}:${fullName(governed)}#${issue}`);
    }
  }
}

/** Whose settings a repository's file may be: its own, or those of all its owner's repositories. */
async function governedBy({ forge }: WorkflowPorts, repository: RepositoryRef): Promise<RepositoryRef[]> {
  if (repository.name !== '.github') return [repository];
  const found: RepositoryRef[] = [];
  for await (const other of forge.repositories()) if (other.owner === repository.owner) found.push(other);
  return found;
}
