import { aPlannedIssue, PLAINLY, replies, type Scene } from './scenes.ts';
import { aComponent } from './shop.ts';
import type { Stage } from './stage.ts';
import type { TaskPage } from './task-page.ts';

/** A pull request of a task, as those see it who review it. */
export interface ReviewedPull {
  readonly number: number;
  /** When it was opened. */
  readonly head: string;
  /** A review with comments on lines of one file; gives the review's GraphQL id. */
  review(login: string, event: ReviewEvent, body: string, ...lines: readonly Line[]): Promise<string>;
  /** What stands under each line comment, by that comment's text; the bot's markers left out. */
  threads(): Promise<Record<string, string[]>>;
  /** Resolves the conversation that begins with this text. */
  resolve(text: string): Promise<void>;
  /** Waits for the account of a revision, the first one unless told otherwise. */
  account(nth?: number): Promise<string>;
}

type ReviewEvent = 'REQUEST_CHANGES' | 'COMMENT' | 'APPROVE';
type Line = readonly [line: number, body: string];

export const LIMITER = aComponent('limiter');

/** A task with one component whose pull request is open. */
export async function anOpenPull(stage: Stage, settings = PLAINLY): Promise<Scene & ReviewedPull> {
  const task = await aPlannedIssue(stage, { components: [LIMITER], settings });
  await task.comment('wanda', '/execute');
  await task.componentsAre('1 open');
  return { ...task, ...reviewed(stage, task, await task.pull('limiter'), 'src/limiter.js') };
}

export function reviewed(
  { github }: Stage,
  task: TaskPage,
  { number, head }: { readonly number: number; readonly head: string },
  path: string,
): ReviewedPull {
  const at = { owner: task.repository.owner, repo: task.repository.name, pull_number: number };
  const withoutMarker = (body: string): string => body.replace(/^<!-- planwright:reply [^\n]*-->\n/, '');
  return {
    number,
    head,
    async review(login, event, body, ...lines) {
      const comments = lines.map(([line, said]) => ({ path, line, side: 'RIGHT', body: said }));
      return (await github.as(login).rest.pulls.createReview({ ...at, event, body, comments })).data.node_id;
    },
    async threads() {
      const { data } = await github.as(at.owner).rest.pulls.listReviewComments({ ...at, per_page: 100 });
      const under = (root: number) =>
        data.filter((c) => c.in_reply_to_id === root).map((c) => `${c.user.login}: ${withoutMarker(c.body)}`);
      return Object.fromEntries(data.filter((c) => c.in_reply_to_id === undefined).map((root) => [root.body, under(root.id)]));
    },
    async resolve(text) {
      const { owner, repo } = at;
      const found = await github.as('wanda').graphql<Found>(THREADS, { owner, repo, number });
      const thread = found.repository.pullRequest.reviewThreads.nodes.find((t) => t.comments.nodes[0]?.body === text);
      await github.as('wanda').graphql(RESOLVE, { id: thread?.id });
    },
    account: (nth = 0) =>
      github.until(
        'the account of a revision',
        async () => (await replies(task, number)).filter((r) => r.includes('<sub>Points:'))[nth],
      ),
  };
}

const THREADS = `query($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) { reviewThreads(first: 50) { nodes { id comments(first: 1) { nodes { body } } } } }
  }
}`;
const RESOLVE = 'mutation($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { id } } }';
interface Found {
  repository: { pullRequest: { reviewThreads: { nodes: { id: string; comments: { nodes: { body: string }[] } }[] } } };
}
