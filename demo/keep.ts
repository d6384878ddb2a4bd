import type { Stage } from '../test/support/stage.ts';
import type { TaskPage } from '../test/support/task-page.ts';

/** How to continue by hand, with nothing but curl. */
export function addresses({ github, bot }: Stage, { repository, issue }: TaskPage, next: number): string {
  const api = `${github.url}/api/v3`;
  const repo = `${api}/repos/${repository.fullName}`;
  const as = (login: string): string => `-H 'Authorization: token ${github.tokenOf(login)}'`;
  return `GitHub's API   ${api}
git            git clone ${github.cloneUrl(repository.fullName)}
Planwright     ${bot.url}/healthz  (also /readyz and /metrics)

mara owns the repository, jonas may write, rita may read. Each acts with a token of their own:

  # rita opens an issue (the models are scripted: for any issue but #${issue} they plan a note and a test)
  curl -s ${as('rita')} ${repo}/issues -d '{"title":"Say hello","body":"Please."}'
  # mara labels it; it will be #${next} unless others came first
  curl -s ${as('mara')} ${repo}/issues/${next}/labels -d '{"labels":["plan"]}'
  # the plan's pull request is the next number; jonas approves it
  curl -s ${as('jonas')} ${repo}/pulls/${next + 1}/reviews -d '{"event":"APPROVE"}'
  # or comments: /execute, /cancel, /status, /help
  curl -s ${as('jonas')} ${repo}/issues/${next}/comments -d '{"body":"/status"}'
  # mara merges what comes of it
  curl -s ${as('mara')} -X PUT ${repo}/pulls/${next + 2}/merge
  # all comments on it
  curl -s ${as('rita')} ${repo}/issues/${next}/comments

This timeline continues. Ctrl-C stops everything and removes what it stored.`;
}
