// What is left of a task on GitHub, without what may differ between two runs: ids, times, prices, and the order of things that happen at once.
import { git } from '../support/github/git-command.ts';
import type { LocalGitHub } from '../support/github/local-github.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { visible } from '../support/task-page.ts';
import type { WholeTask } from './whole-task.ts';

/** Everything in it is a line, so that two of them are compared as two lists. */
export type FinalState = readonly string[];

export async function finalState({ page, commands }: WholeTask, github: LocalGitHub): Promise<FinalState> {
  await github.idle();
  const { owner, name: repo, fullName } = page.repository;
  const at = { owner, repo };
  const { rest } = github.as(owner);
  const dir = github.gitDir(fullName);
  const pulls = await page.pulls();
  const partOf = (branch: string): string => branch.split('/').at(-1) as string;
  const names = new Map(pulls.map((p) => [p.number, partOf(p.branch)]));
  const anonymous = (text: string): string => withoutIds(text, names, page.issue);
  const lines: string[] = [];

  const refs = (await git(dir, ['for-each-ref', '--format=%(refname) %(tree)', 'refs/heads'])).trim().split('\n');
  // The plan names the commit it was made at, whose id is another in each run.
  lines.push(...refs.filter((ref) => !/\/plan [0-9a-f]+$/.test(ref)).map((ref) => `branch ${ref}`));
  const numbers = [page.issue, ...pulls.map((p) => p.number)];
  for (const pull of pulls) {
    const { check_runs: runs } = (await rest.checks.listForRef({ ...at, ref: pull.head, filter: 'latest' })).data;
    const part = partOf(pull.branch);
    if (part === 'plan') {
      const text = await git(dir, ['show', `${pull.head}:${pull.files[0]}`]);
      lines.push(
        ...anonymous(text)
          .split('\n')
          .map((line) => `PLAN.md: ${line}`),
      );
    }
    lines.push(
      `${part}: ${pull.state}, ${pull.draft ? 'draft' : 'ready'}, into ${pull.base}, [${[...pull.labels].sort()}], ${pull.files}`,
      `${part}: ${pull.title}`,
      ...runs.map((run) => `${part}: ${run.name} ${run.conclusion}: ${anonymous(run.output.title ?? '')}`),
      ...factsIn(anonymous(pull.body)).map((line) => `${part} says ${line}`),
    );
  }
  for (const number of numbers) {
    const on = names.get(number) ?? 'issue';
    for (const { login, body } of await page.comments(number)) {
      if (login !== 'planwright[bot]') continue;
      lines.push(...factsIn(anonymous(visible(body))).map((line) => `on ${on}: ${line}`));
    }
  }
  for (const id of commands) {
    const { data } = await rest.reactions.listForIssueComment({ ...at, comment_id: id });
    lines.push(`a command: ${data.map((r) => r.content).sort()}`);
  }
  lines.push(`the issue is ${(await rest.issues.get({ ...at, issue_number: page.issue })).data.state}`);
  return lines.sort();
}

/** Prices, times, counts of turns and tokens, and what says that something went wrong meanwhile. */
const VARYING = /\$|\btokens?\b|\bturns?\b|tried again|attempt \d|could not|restart|Requests? to GitHub|stand of|ago\b|\d\d:\d\d/;

const factsIn = (body: string): string[] =>
  body
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !VARYING.test(line));

const withoutIds = (text: string, names: ReadonlyMap<number, string>, issue: number): string =>
  text
    .replace(/https?:\/\/127\.0\.0\.1:\d+/g, 'URL')
    .replace(/(issuecomment-|discussion_r|pullrequestreview-)\d+/g, '$1N')
    .replace(
      /(#|\/pull\/|\/issues\/)(\d+)\b/g,
      (_, sign: string, n: string) => `${sign}${names.get(Number(n)) ?? (Number(n) === issue ? 'issue' : n)}`,
    )
    .replace(/\b[0-9a-f]{40}\b/g, 'SHA')
    .replace(/\b[0-9a-f]{12}\b/g, 'BLOB')
    .replace(/\b[0-9a-f]{7}\b/g, 'SHA7')
    .replace(/\bto=\S+|\bid=\S+|\bblob=\S+/g, 'ID');

/**
 * Turns that were asked again although a later turn of the same conversation had been asked, so that their answers were recorded. Money is
 * lost with each.
 */
export function recordedTurnsAskedAgain(requests: readonly SeenRequest[], task: WholeTask): string[] {
  const furthest = new Map<string, number>();
  const found: string[] = [];
  for (const request of requests) {
    if (!saidTo(request).includes(`orders of ${task.page.repository.name}`)) continue;
    // What is said before the first answer tells conversations apart.
    const answered = request.messages.findIndex(({ role }) => role === 'assistant');
    const conversation = JSON.stringify([request.system, request.messages.slice(0, answered < 0 ? undefined : answered)]);
    const last = furthest.get(conversation) ?? -1;
    if (request.turn < last) found.push(`turn ${request.turn} after turn ${last}: ${saidTo(request).slice(0, 80)}`);
    furthest.set(conversation, Math.max(last, request.turn));
  }
  return found;
}

/** What one has and the other has not. */
export function differences(expected: FinalState, found: FinalState): string[] {
  const rest = [...found];
  const missing = expected.filter((line) => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return [...missing.map((line) => `- ${line}`), ...rest.map((line) => `+ ${line}`)];
}
