// "Closes #7" in a pull request that reaches the default branch closes issue 7.
import { announce } from './announcing.ts';
import type { RepositoryRow, UserRow } from './rows.ts';
import { read, userJson, type World } from './world.ts';

const KEYWORDS = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)/gi;

export async function closeIssuesNamedIn(
  world: World,
  repo: RepositoryRow,
  text: string,
  sender: UserRow | undefined,
): Promise<void> {
  for (const [, number] of text.matchAll(KEYWORDS)) {
    const issues = world.tables.issues.findBy('repo_id', repo.id);
    const issue = issues.find((row) => row.number === Number(number) && row.state === 'open' && !row.is_pull_request);
    if (!issue) continue;
    world.tables.issues.update(issue.id, {
      state: 'closed',
      state_reason: 'completed',
      closed_at: new Date().toISOString(),
      closed_by_id: sender?.id ?? null,
    });
    const json = await read(world, repo, `/issues/${issue.number}`);
    announce(world, repo, 'issues', 'closed', { issue: json, ...(sender ? { sender: userJson(world, sender) } : {}) });
  }
}
