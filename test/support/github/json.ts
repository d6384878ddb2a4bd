// What emulate's JSON says differently from GitHub's, put right at the door, for answers and webhooks alike: every object is
// recognised by its own `url`.
import type { Run, Suite } from './checks.ts';
import type { Tables } from './emulate.ts';
import type { Status } from './statuses.ts';
import { BOT_MARK, type Json } from './world.ts';

interface Edit {
  at: string;
  by: string;
  /** what it was before the edit */
  title: string | undefined;
  body: string | null;
  now: string | null;
}

/** What emulate's tables have no column for. */
export interface Links {
  /** counts of reactions, by the url of the thing they are on */
  reactions: Map<string, Record<string, number>>;
  /** who reacted to a review's own text and how, which only GraphQL can, by the review's id */
  reviewReactions: Map<number, { login: string; content: string }[]>;
  /** edits of issues and comments, by their url */
  edits: Map<string, Edit[]>;
  /** where a review comment was put, by its id */
  placed: Map<number, { hunk: string; startLine: number | null; line: number | null; commit: string }>;
  /** who resolved a review thread, by the id of its first comment */
  resolved: Map<number, string>;
  /** what has moved, the oldest first, by the repository's id */
  activity: Map<number, Json[]>;
  /** checks of commits, the oldest first */
  suites: Suite[];
  runs: Run[];
  statuses: Status[];
  /** repositories, by the full names they had before */
  renames: Map<string, { id: number; told: boolean }>;
  /** ids of repositories that were archived or unarchived, which nobody has been told yet */
  archiving: Set<number>;
}

export const createLinks = (): Links => ({
  reactions: new Map(),
  reviewReactions: new Map(),
  edits: new Map(),
  placed: new Map(),
  resolved: new Map(),
  activity: new Map(),
  suites: [],
  runs: [],
  statuses: [],
  renames: new Map(),
  archiving: new Set(),
});

interface Scope {
  url: string;
  tables: Tables;
  links: Links;
}

/** Returns the value corrected; the value itself is changed. */
export function corrected<T>(scope: Scope, value: T): T {
  if (Array.isArray(value)) for (const item of value) corrected(scope, item);
  else if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) if (typeof child === 'object') corrected(scope, child);
    correctOne(scope, value as Json);
  }
  return value;
}

function correctOne(scope: Scope, thing: Json): void {
  if (typeof thing.url !== 'string' || !thing.url.startsWith(`${scope.url}/repos/`)) return;
  const [owner, name, kind, ...rest] = thing.url.slice(`${scope.url}/repos/`.length).split('/');
  const repo = scope.tables.repos.findOneBy('full_name', `${owner}/${name}`);
  if (repo && kind === undefined && 'default_branch' in thing)
    Object.assign(thing, { web_commit_signoff_required: false, custom_properties: {} });
  if (!repo || kind === undefined) return;
  const number = Number(rest.at(-1));
  const pull = (of: number) => scope.tables.pullRequests.findBy('repo_id', repo.id).find((row) => row.number === of);
  const page = `${scope.url}/${repo.full_name}`;
  const isComment = rest[0] === 'comments' && rest.length === 2;

  if (kind === 'issues' && rest.length === 1 && 'title' in thing) {
    const row = pull(number);
    if (row) {
      thing.html_url = `${page}/pull/${number}`;
      thing.draft = row.draft;
      // biome-ignore format: one object
      thing.pull_request = {
        url: `${scope.url}/repos/${repo.full_name}/pulls/${number}`, html_url: `${page}/pull/${number}`,
        diff_url: `${page}/pull/${number}.diff`, patch_url: `${page}/pull/${number}.patch`, merged_at: row.merged_at,
      };
    }
    viaApp(scope, thing);
    countReactions(scope, thing);
  }
  if (kind === 'issues' && isComment && 'body' in thing) {
    const issue = scope.tables.comments.get(number)?.issue_number ?? 0;
    thing.html_url = `${page}/${pull(issue) ? 'pull' : 'issues'}/${issue}#issuecomment-${number}`;
    viaApp(scope, thing);
    countReactions(scope, thing);
  }
  if (kind === 'pulls' && isComment && 'body' in thing) {
    if (thing.in_reply_to_id === null) delete thing.in_reply_to_id;
    const { hunk, startLine, line, commit } = scope.links.placed.get(number) ?? {
      hunk: '',
      startLine: null,
      line: null,
      commit: '',
    };
    const href = (url: unknown) => ({ href: url });
    Object.assign(thing, {
      _links: { self: href(thing.url), html: href(thing.html_url), pull_request: href(thing.pull_request_url) },
      original_commit_id: commit,
      diff_hunk: hunk,
      start_line: startLine,
      original_start_line: startLine,
      original_line: line,
      start_side: startLine === null ? null : thing.side,
    });
    countReactions(scope, thing);
  }
  if (kind === 'pulls' && rest.length === 1 && 'comments' in thing) {
    const issue = scope.tables.issues.findBy('repo_id', repo.id).find((row) => row.number === number);
    thing.comments = issue?.comments ?? 0;
    thing.active_lock_reason ??= null;
  }
}

function viaApp({ url, tables }: Scope, thing: Json): void {
  const login = (thing.user as Json | null)?.login;
  if (typeof login !== 'string' || !login.endsWith(BOT_MARK)) return;
  const app = tables.apps.findOneBy('slug', login.slice(0, -BOT_MARK.length));
  if (app) thing.performed_via_github_app = appJson(url, app);
}

/** An App, as GitHub shows it inside of other things. */
export function appJson(
  url: string,
  app: { app_id: number; slug: string; name: string; permissions: Record<string, string>; events: string[]; created_at: string },
): Json {
  // biome-ignore format: one object
  return {
    id: app.app_id, slug: app.slug, node_id: `APP_${app.app_id}`, owner: null, name: app.name, description: '', external_url: url,
    html_url: `${url}/apps/${app.slug}`, created_at: app.created_at, updated_at: app.created_at, permissions: app.permissions, events: app.events,
  };
}

function countReactions({ links }: Scope, thing: Json): void {
  const counts = links.reactions.get(String(thing.url));
  if (!counts || typeof thing.reactions !== 'object' || thing.reactions === null) return;
  Object.assign(thing.reactions, counts, { total_count: Object.values(counts).reduce((sum, count) => sum + count, 0) });
}

/** GitHub's lists leave these out: asking a list for `mergeable` or `merged` must not work here either. */
// biome-ignore format: a list of names
const ONLY_IN_DETAIL = [
  'merged', 'mergeable', 'rebaseable', 'mergeable_state', 'merged_by', 'comments', 'review_comments', 'maintainer_can_modify',
  'commits', 'additions', 'deletions', 'changed_files',
];

export function simplePull(pull: Json): Json {
  return Object.fromEntries(Object.entries(pull).filter(([key]) => !ONLY_IN_DETAIL.includes(key)));
}
