import type { Plan } from '../../src/domain/plan/plan.ts';
import { isStatusOf } from '../../src/domain/task/marker.ts';
import type { TaskState } from '../../src/domain/task/task.ts';
import type { LocalGitHub, Repository } from './github/local-github.ts';
import type { Condition } from './github/waiting.ts';
import type { LocalModels } from './models/local-models.ts';
import type { ScriptedTurn } from './models/scripted-turn.ts';
import { type SeenRequest, saidTo } from './models/seen-request.ts';

/** What a person sees of one task on GitHub, and does there. */
export interface TaskPage {
  readonly issue: number;
  readonly repository: Repository;
  comments(number?: number): Promise<{ id: number; login: string; body: string }[]>;
  /** The bot's status comments: there must never be more than one. */
  statuses(): Promise<string[]>;
  status(): Promise<string>;
  /** Waits until the status comment contains the text: for what a test is about; states and counts have helpers of their own. */
  statusSays(text: string | RegExp): Promise<string>;
  /** The task's state, as the status comment's marker has it; empty before there is one. */
  state(): Promise<string>;
  /** Waits until the status comment's marker has the state and its record the revision; resolves to the comment. */
  statusIs(state: TaskState, revision?: number): Promise<string>;
  /** Waits until an approved plan has, among others, this many components in these states: `'2 open, 1 waiting'`. */
  componentsAre(counts: string): Promise<string>;
  /** Waits for the pull request from a branch of this task. */
  pull(part: string): Promise<PullPage>;
  /** Every pull request of this task, by branch, in any state. */
  pulls(): Promise<PullPage[]>;
  branches(): Promise<string[]>;
  comment(login: string, body: string, on?: number): Promise<number>;
  label(login: string, name: string): Promise<void>;
  approve(login: string, pull: number): Promise<void>;
  /** When it is ready, as GitHub asks for. */
  merge(login: string, pull: number, method?: 'merge' | 'squash' | 'rebase'): Promise<void>;
  /** As the button on GitHub does: a draft becomes ready for review, or a draft again. */
  setDraft(login: string, pull: number, draft: boolean): Promise<void>;
  /** Waits until the bot has answered a comment with this reaction. */
  reacted(comment: number, content: string): Promise<void>;
  isClosed(): Promise<boolean>;
}

export interface PullPage {
  readonly number: number;
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  readonly state: string;
  readonly draft: boolean;
  readonly head: string;
  /** The branch it is to be merged into. */
  readonly base: string;
  readonly labels: readonly string[];
  readonly files: readonly string[];
}

export interface TaskOptions {
  readonly github: LocalGitHub;
  readonly repository: Repository;
  readonly title: string;
  readonly body: string;
  readonly by: string;
  /** Of the bot's branches, where it is not the default. */
  readonly prefix?: string | undefined;
}

/** What a person sees of a status comment: the record at its end is hidden from them. */
export const visible = (status: string): string => status.replace(/\n<!-- planwright:state [^\n]*/, '');

const stateIn = (status: string): string => /^<!-- planwright:status issue=\d+ state=([a-z]+) -->/.exec(status)?.[1] ?? '';

/** Opens an issue and gives its page. */
export async function openIssue({ github, repository, title, body, by, prefix }: TaskOptions): Promise<TaskPage> {
  const { owner, name: repo } = repository;
  const { number: issue } = (await github.as(by).rest.issues.create({ owner, repo, title, body })).data;
  return pageOf({ github, repository, issue, prefix });
}

/** The page of an issue that is there. */
export function pageOf({
  github,
  repository,
  issue,
  prefix: start = 'planwright/',
}: Pick<TaskOptions, 'github' | 'repository' | 'prefix'> & { readonly issue: number }): TaskPage {
  const at = { owner: repository.owner, repo: repository.name };
  const onlooker = github.as(repository.owner).rest;
  const prefix = `${start}issue-${issue}/`;
  const until = <T>(what: string, condition: Condition<T>): Promise<T> =>
    github.until(what, condition, { about: repository.fullName });
  const ours = async () =>
    (await onlooker.pulls.list({ ...at, state: 'all', per_page: 100 })).data.filter((p) => p.head.ref.startsWith(prefix));
  const pullPage = async (p: Awaited<ReturnType<typeof ours>>[number]): Promise<PullPage> => ({
    number: p.number,
    branch: p.head.ref,
    title: p.title,
    body: p.body ?? '',
    state: p.merged_at ? 'merged' : p.state,
    draft: p.draft === true,
    head: p.head.sha,
    base: p.base.ref,
    labels: p.labels.map((l) => l.name),
    files: (await onlooker.pulls.listFiles({ ...at, pull_number: p.number })).data.map((f) => f.filename).sort(),
  });

  const page: TaskPage = {
    issue,
    repository,
    async comments(number = issue) {
      const { data } = await onlooker.issues.listComments({ ...at, issue_number: number, per_page: 100 });
      return data.map((c) => ({ id: c.id, login: c.user?.login ?? '', body: c.body ?? '' }));
    },
    async statuses() {
      return (await page.comments()).filter((c) => isStatusOf(c.body, issue)).map((c) => c.body);
    },
    async status() {
      return (await page.statuses())[0] ?? '';
    },
    statusSays(text) {
      const fits = (body: string): boolean =>
        typeof text === 'string' ? visible(body).includes(text) : text.test(visible(body));
      return until(`the status of #${issue} to say ${text}`, async () => {
        const body = await page.status();
        return fits(body) && body;
      });
    },
    async state() {
      return stateIn(await page.status());
    },
    statusIs(state, revision) {
      const wanted = revision === undefined ? state : `${state} of revision ${revision}`;
      return until(`#${issue} to be in ${wanted}`, async () => {
        const body = await page.status();
        const fits = stateIn(body) === state && (revision === undefined || body.includes(`"revision":${revision},`));
        return fits && body;
      });
    },
    componentsAre(counts) {
      const wanted = [...counts.matchAll(/(\d+) ([a-z]+)/g)].map(([, n, state]) => [Number(n), state] as const);
      return until(`the components of #${issue} to be ${counts}`, async () => {
        const body = await page.status();
        const fits = wanted.every(([n, state]) => body.match(new RegExp(`^\\| \`[^|]*\` \\| ${state} \\|`, 'gm'))?.length === n);
        return ['executing', 'blocked'].includes(stateIn(body)) && fits && body;
      });
    },
    async pull(part) {
      const branch = `${prefix}${part}`;
      return pullPage(
        await until(`the pull request from ${branch}`, async () => (await ours()).find((p) => p.head.ref === branch)),
      );
    },
    pulls: async () => Promise.all((await ours()).map(pullPage)),
    async branches() {
      const { data } = await onlooker.git.listMatchingRefs({ ...at, ref: `heads/${prefix}` });
      return data.map((r) => r.ref.replace('refs/heads/', '')).sort();
    },
    async comment(login, text, on = issue) {
      return (await github.as(login).rest.issues.createComment({ ...at, issue_number: on, body: text })).data.id;
    },
    async label(login, name) {
      await github.as(login).rest.issues.addLabels({ ...at, issue_number: issue, labels: [name] });
    },
    async approve(login, pull) {
      await github.as(login).rest.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' });
    },
    async setDraft(login, pull, draft) {
      const { node_id: id } = (await onlooker.pulls.get({ ...at, pull_number: pull })).data;
      const name = draft ? 'convertPullRequestToDraft' : 'markPullRequestReadyForReview';
      await github
        .as(login)
        .graphql(`mutation ($id: ID!) { ${name}(input: { pullRequestId: $id }) { clientMutationId } }`, { id });
    },
    async merge(login, pull, method = 'merge') {
      await until(`#${pull} to be ready`, async () => !(await onlooker.pulls.get({ ...at, pull_number: pull })).data.draft);
      await github.as(login).rest.pulls.merge({ ...at, pull_number: pull, merge_method: method });
    },
    async reacted(comment, content) {
      await until(`${content} on comment ${comment}`, async () => {
        const { data } = await onlooker.reactions.listForIssueComment({ ...at, comment_id: comment });
        return data.some((r) => r.content === content);
      });
    },
    async isClosed() {
      return (await onlooker.issues.get({ ...at, issue_number: issue })).data.state === 'closed';
    },
  };
  return page;
}

const toReviewer = (r: SeenRequest): boolean => r.system.includes('was implemented by another model');
const toAsked = (r: SeenRequest): boolean => r.system.startsWith('You are the architect who made the plan');
const toPlanner = (r: SeenRequest): boolean => r.system.includes('senior software architect') && !toReviewer(r);

/** Scripts the review of the whole; without it the reviewer of every scripted plan finds everything in order. */
export const scriptReview = (
  models: LocalModels,
  title: string,
  turns: readonly ScriptedTurn[],
): { readonly requests: readonly SeenRequest[] } => models.script((r) => toReviewer(r) && saidTo(r).includes(title), turns);

/** Scripts the answer to a question about a plan. */
export const scriptAnswer = (
  models: LocalModels,
  question: string,
  turns: readonly ScriptedTurn[],
): { readonly requests: readonly SeenRequest[] } => models.script((r) => toAsked(r) && saidTo(r).includes(question), turns);

/** Scripts the planner for an issue, told by its title. */
export const scriptPlanner = (
  models: LocalModels,
  title: string,
  turns: readonly ScriptedTurn[],
): { readonly requests: readonly SeenRequest[] } => {
  scriptReview(models, title, [{ text: 'Every acceptance criterion is met.' }]);
  return models.script((r) => toPlanner(r) && saidTo(r).includes(title), turns);
};

/** Scripts the executor for one component of one plan. */
export const scriptExecutor = (
  models: LocalModels,
  plan: Plan,
  id: string,
  turns: readonly ScriptedTurn[],
): { readonly requests: readonly SeenRequest[] } =>
  models.script(
    (r) =>
      r.system.startsWith('You carry out one component') &&
      saidTo(r).includes(plan.title) &&
      saidTo(r).includes(`Your component is \`${id}\``),
    turns,
  );
