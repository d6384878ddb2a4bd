import { APP, type CheckRun, type Comment, DEFAULT_BRANCH, headOf, OWNER, type Repository, type Subject } from '../world.ts';

export const BOT = { login: `${APP.slug}[bot]`, id: 2, type: 'Bot' };
const PERSON = { login: OWNER, id: 1, type: 'User' };

/** What GitHub's objects look like in JSON. */
export interface Shapes {
  account(): object;
  repository(repository: Repository): object;
  issue(repository: Repository, subject: Subject): object;
  pull(repository: Repository, subject: Subject): object;
  comment(comment: Comment): object;
}

export function shapesAt(url: string): Shapes {
  const account = { ...PERSON, html_url: `${url}/${OWNER}` };
  return {
    account: () => account,
    repository: (repository) => ({
      ...{ id: repository.id, name: repository.name, full_name: repository.fullName, owner: account, private: false },
      ...{ archived: false, disabled: false, has_issues: true, has_pull_requests: true, fork: false },
      ...{ default_branch: DEFAULT_BRANCH, html_url: `${url}/${repository.fullName}` },
    }),
    issue: ({ fullName }, { number, title, body, at, labels, pull }) => ({
      ...{ number, title, body, state: 'open', locked: false, closed_at: null, created_at: at, updated_at: now() },
      ...{ user: pull ? BOT : PERSON, labels: [...labels].map((name) => ({ name })) },
      repository_url: `${url}/api/v3/repos/${fullName}`,
      ...(pull ? { pull_request: { url: `${url}/api/v3/repos/${fullName}/pulls/${number}` } } : {}),
    }),
    pull(repository, { number, title, body, at, pull }) {
      const repo = { id: repository.id, full_name: repository.fullName };
      const [head, base] = [pull?.head ?? '', pull?.base ?? ''];
      return {
        ...{ number, title, body, state: 'open', draft: pull?.draft, merged: false, merged_at: null, merge_commit_sha: null },
        ...{ user: BOT, created_at: at, updated_at: now(), html_url: `${url}/${repository.fullName}/pull/${number}` },
        head: { ref: head, sha: headOf(repository, head), repo },
        base: { ref: base, sha: headOf(repository, base), repo },
      };
    },
    comment: ({ id, body, at }) => ({
      ...{ id, node_id: `IC_${id}`, body, created_at: at, updated_at: now(), user: BOT },
      ...{ performed_via_github_app: { id: APP.id }, html_url: `${url}/#issuecomment-${id}` },
    }),
  };
}

export const now = (): string => new Date().toISOString();

export const refShape = ([ref, sha]: readonly [string, string]): object => ({ ref, object: { type: 'commit', sha } });

export const runShape = ({ id, head, name, status, conclusion, externalId, completedAt, title }: CheckRun): object => ({
  ...{ id, head_sha: head, name, status, conclusion, external_id: externalId, completed_at: completedAt },
  ...{ check_suite: { id: 1 }, output: { title, summary: '', annotations_count: 0 }, app: { id: APP.id, slug: APP.slug } },
});
