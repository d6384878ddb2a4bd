import { parseBranchName } from '../../domain/task/branch-name.ts';
import { namedBlob, parseCommand } from '../../domain/task/command.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { identityOf } from '../../ports/forge/people.ts';
import { mayWrite } from '../model/authorise.ts';
import type { CommandApproval, PlanView } from '../model/view.ts';
import { headsAround } from './heads-around.ts';

type ShownPlan = Pick<PlanView, 'pull' | 'path' | 'blob' | 'file'>;

/**
 * What `/execute` comments approve, read again from GitHub: the record only says where they are, and anyone with write access can
 * edit the record. One that was deleted, edited, or written by a person who has no write access now approves nothing.
 * `missing`: those that GitHub does not have, or not yet.
 * @param nodes GraphQL ids of comments and reviews; they may also be ids of any other objects.
 */
export async function observeCommands(
  repo: RepositoryForge,
  { issue, plan, clockSlackMs }: { readonly issue: number; readonly plan: ShownPlan; readonly clockSlackMs: number },
  nodes: readonly string[],
): Promise<{ readonly proven: readonly CommandApproval[]; readonly missing: readonly string[] }> {
  const proven: CommandApproval[] = [];
  const missing: string[] = [];
  for (const node of new Set(nodes)) {
    const said = await repo.statement(node);
    if (said === null) missing.push(node);
    const command = said === null || said.edited ? null : parseCommand(said.body);
    if (said === null || command?.kind !== 'execute' || said.author.bot || !isOn(issue, plan, said)) continue;
    const named = namedBlob(command, componentIds(plan));
    if (command.ids.length > 0 && named === null) continue;
    if (!mayWrite(await repo.permission(said.author.login))) continue;
    const blobs = named === null ? await blobsAround(repo, plan, { at: said.at, clockSlackMs }) : null;
    proven.push({ node, by: said.author.login, identity: identityOf(said.author), at: said.at, url: said.url, named, blobs });
  }
  return { proven, missing };
}

/** Whether it is on the issue, or on one of this App's pull requests for it: a command elsewhere was about something else. */
const isOn = (
  issue: number,
  { pull }: ShownPlan,
  { on, ownBranch }: { readonly on: number; readonly ownBranch: string | null },
): boolean => on === issue || on === pull.number || (ownBranch !== null && parseBranchName(ownBranch)?.issue === issue);

const componentIds = ({ file }: ShownPlan): string[] => (file?.ok ? file.value.components.map(({ id }) => id) : []);

async function blobsAround(
  repo: RepositoryForge,
  { pull, path, blob }: ShownPlan,
  { at, clockSlackMs }: { readonly at: string; readonly clockSlackMs: number },
): Promise<string[] | null> {
  const log = await repo.branchMoves(pull.headRef);
  const heads = log && headsAround(log, { at, slackMs: clockSlackMs, head: pull.headSha });
  if (!heads) return null;
  const blobs = await Promise.all(heads.map(async (sha) => (sha === pull.headSha ? blob : (await repo.file(path, sha))?.sha)));
  return [...new Set(blobs.filter((known) => known != null))];
}
