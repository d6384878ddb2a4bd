// Turns what happened into webhooks: the payload's common parts, and those parts emulate gets wrong.
import { corrected, simplePull } from './json.ts';
import { pullNumbered } from './pull-state.ts';
import type { RepositoryRow, UserRow } from './rows.ts';
import { type Json, ownerOf, read, repositoryNamed, userJson, type World } from './world.ts';

/** Sends an event about the repository; a payload without a `sender` is the ghost's. */
export function announce(
  world: World,
  repo: RepositoryRow,
  event: string,
  action: string | undefined,
  payload: Json,
  pull?: number,
): void {
  const envelope = { event, action, account: ownerOf(repo), repositoryId: repo.id, repository: repo.full_name, payload };
  world.webhooks.send(envelope, async (snapshot) =>
    corrected(world, {
      ...snapshot,
      ...(pull === undefined ? {} : { pull_request: await pullInEvent(world, repo, pull, event, action) }),
      repository: snapshot.repository ?? (await read(world, repo, '')),
      ...(repo.owner_type === 'Organization' ? { organization: organizationJson(world, repo) } : {}),
      sender: snapshot.sender ?? ghost(world),
    }),
  );
}

/** Sends a pull_request event; the pull request is shown as it is when the event leaves. */
export function announcePull(
  world: World,
  repo: RepositoryRow,
  number: number,
  action: string,
  sender: UserRow | undefined,
  extra: Json = {},
): void {
  announce(
    world,
    repo,
    'pull_request',
    action,
    { number, ...extra, ...(sender ? { sender: userJson(world, sender) } : {}) },
    number,
  );
}

// GitHub works mergeability out later: an event about a new head does not know it yet, and nobody should rely on it there.
const NOT_YET_KNOWN = new Set<string | undefined>(['opened', 'synchronize', 'reopened', 'edited']);

async function pullInEvent(
  world: World,
  repo: RepositoryRow,
  number: number,
  event: string,
  action: string | undefined,
): Promise<Json> {
  const json = await read(world, repo, `/pulls/${number}`);
  if (event !== 'pull_request') return simplePull(json);
  return NOT_YET_KNOWN.has(action) ? { ...json, mergeable: null, rebaseable: null, mergeable_state: 'unknown' } : json;
}

/** Takes the events emulate's own routes send, puts them right and sends them on. */
export function takeOverDispatch(world: World): void {
  world.emulator.webhooks.dispatch = async (event, action, original, owner, name) => {
    const repo = name === undefined ? undefined : repositoryNamed(world.tables, `${owner}/${name}`);
    const { action: _, ...payload } = original as Json;
    if (!repo) return world.webhooks.send({ event, action, account: owner, payload });
    const formerName = event === 'repository' && action === 'edited' ? formerNameOf(world, repo) : undefined;
    if (formerName)
      return announce(world, repo, event, 'renamed', { ...payload, changes: { repository: { name: { from: formerName } } } });
    if (event === 'repository' && action === 'edited' && world.links.archiving.delete(repo.id))
      return announce(world, repo, event, repo.archived ? 'archived' : 'unarchived', payload);
    // A setting that GitHub announces nothing of, such as `delete_branch_on_merge`.
    if (event === 'repository' && action === 'edited' && !payload.changes) return;
    const whole = withChanges(world, withWholeLabel(world, repo, payload), action);
    const labelled = pullBehind(world, repo, event, payload); // emulate says "issues" when a pull request is labelled
    if (labelled !== undefined) {
      const { issue: _issue, ...rest } = whole;
      return announce(world, repo, 'pull_request', action, { number: labelled, ...rest }, labelled);
    }
    const number = (payload.pull_request as Json | undefined)?.number;
    const numbered = event === 'pull_request' ? { number, ...whole } : whole;
    announce(world, repo, event, action, numbered, typeof number === 'number' ? number : undefined);
    const labels = event === 'issues' && action === 'opened' ? ((payload.issue as Json).labels as Json[]) : [];
    for (const label of labels) announce(world, repo, 'issues', 'labeled', withWholeLabel(world, repo, { ...payload, label })); // emulate forgets these
  };
}

/** The name before the rename that has just happened: told once. */
function formerNameOf(world: World, repo: RepositoryRow): string | undefined {
  for (const [fullName, rename] of world.links.renames) {
    if (rename.id !== repo.id || rename.told) continue;
    rename.told = true;
    return fullName.slice(fullName.indexOf('/') + 1);
  }
  return undefined;
}

/** What was edited: GitHub sends the old text, emulate sends true or nothing. */
function withChanges(world: World, payload: Json, action: string | undefined): Json {
  const edited = (payload.comment ?? payload.issue) as Json | undefined;
  const before = action === 'edited' ? world.links.edits.get(String(edited?.url))?.at(-1) : undefined;
  if (!before) return payload;
  const title = before.title !== undefined && before.title !== edited?.title ? { title: { from: before.title } } : {};
  return { ...payload, changes: { ...title, ...(before.body !== edited?.body ? { body: { from: before.body ?? '' } } : {}) } };
}

function pullBehind(world: World, repo: RepositoryRow, event: string, payload: Json): number | undefined {
  const number = (payload.issue as Json | undefined)?.number;
  return event === 'issues' && typeof number === 'number' ? pullNumbered(world, repo, number)?.number : undefined;
}

function withWholeLabel(world: World, repo: RepositoryRow, payload: Json): Json {
  const named = (payload.label as Json | null | undefined)?.name;
  const label = world.tables.labels.findBy('repo_id', repo.id).find((row) => row.name === named);
  if (!label) return payload;
  const { id, node_id, name, description, color } = label;
  const url = `${world.url}/repos/${repo.full_name}/labels/${encodeURIComponent(name)}`;
  return { ...payload, label: { id, node_id, url, name, description, color, default: label.default } };
}

function organizationJson(world: World, repo: RepositoryRow): Json {
  const login = ownerOf(repo);
  return { login, id: repo.owner_id, node_id: `ORG_${repo.owner_id}`, url: `${world.url}/orgs/${login}`, description: null };
}

function ghost(world: World): Json {
  const row = world.tables.users.findOneBy('login', 'ghost');
  return row ? userJson(world, row) : { login: 'ghost', id: 0, type: 'User' };
}
