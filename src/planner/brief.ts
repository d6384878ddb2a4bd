import { fence } from '../agent/fence.ts';
import type { Workspace } from '../agent/workspace.ts';
import type { Blocker } from '../domain/task.ts';
import { visibleText } from '../domain/visible-text.ts';

export interface BriefFacts {
  readonly repository: string;
  readonly commit: string;
  readonly issue: { readonly number: number; readonly title: string; readonly body: string };
  /** Writers' comments on the issue and on the plan, oldest first. */
  readonly comments: readonly { readonly by: string; readonly at: string; readonly text: string }[];
  readonly notes: { readonly by: string; readonly text: string } | null;
  /** PLAN.md as it stands, for a new revision; people's edits are in it. */
  readonly formerPlan: string | null;
  /** What stopped components of the plan so far. */
  readonly blockers: readonly { readonly component: string; readonly blocker: Blocker }[];
  readonly maxComponents: number;
  readonly instructions: string;
}

const ISSUE_CHARS = 20_000;
const COMMENT_CHARS = 6_000;
const DOCUMENT_CHARS = 6_000;
const DIRECTORIES = 120;
const DOCUMENTS = ['AGENTS.md', 'CLAUDE.md', 'CONTRIBUTING.md', 'README.md'];

/** The planner's first message: what gives most for its tokens; the tools do the rest. */
export async function brief(facts: BriefFacts, workspace: Workspace): Promise<string> {
  const parts = [
    `Repository ${facts.repository} at commit ${facts.commit}.`,
    `Directories, with the number of files below each:\n${await directories(workspace)}`,
    ...(await documents(workspace)),
    `At most ${facts.maxComponents} components.${facts.instructions.trim() ? ` The maintainers add:\n${facts.instructions.trim()}` : ''}`,
    `Issue #${facts.issue.number}, as it was when a maintainer asked for a plan:\n${fence('issue', cut(`${visibleText(facts.issue.title)}\n\n${visibleText(facts.issue.body) || '(no text)'}`, ISSUE_CHARS))}`,
    ...facts.comments.map(
      (c) => `Comment by ${c.by}, a maintainer, ${c.at}:\n${fence('comment', cut(visibleText(c.text), COMMENT_CHARS))}`,
    ),
    ...(facts.formerPlan === null
      ? []
      : [
          `The plan so far, with people's edits. Keep what nobody objects to, word for word:\n${fence('plan', facts.formerPlan)}`,
        ]),
    ...facts.blockers.map(
      ({ component, blocker }) =>
        `Carrying out ${component} was stopped (${blocker.kind}). Amend the plan so that it can be done, and leave the other components word for word as they are:\n${fence('blocker', `The plan says: ${blocker.plan_clause}\nFound: ${blocker.evidence}\nProposed: ${blocker.proposal}`)}`,
    ),
    ...(facts.notes
      ? [
          `${facts.notes.by}, a maintainer, says with the request:\n${fence('notes', cut(visibleText(facts.notes.text), COMMENT_CHARS))}`,
        ]
      : []),
    'Explore what you need, then call submit_plan.',
  ];
  return parts.join('\n\n');
}

/** Directories two levels deep with counts; root files by name. */
async function directories(workspace: Workspace): Promise<string> {
  const counts = new Map<string, number>();
  const root: string[] = [];
  for (const path of (await workspace.files()).keys()) {
    const parts = path.split('/');
    if (parts.length === 1) root.push(path);
    for (let depth = 1; depth < Math.min(parts.length, 3); depth++) {
      const dir = `${parts.slice(0, depth).join('/')}/`;
      counts.set(dir, (counts.get(dir) ?? 0) + 1);
    }
  }
  const lines = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([dir, n]) => `${dir} ${n}`);
  const shown = lines.slice(0, DIRECTORIES);
  if (lines.length > shown.length) shown.push(`... and ${lines.length - shown.length} more directories; list_files shows them`);
  return [
    ...shown,
    `At the root: ${root.slice(0, 60).join(', ')}${root.length > 60 ? `, and ${root.length - 60} more` : ''}`,
  ].join('\n');
}

async function documents(workspace: Workspace): Promise<string[]> {
  const found: string[] = [];
  for (const name of DOCUMENTS) {
    const bytes = await workspace.read(name);
    if (bytes) found.push(`${name}:\n${fence('file', cut(bytes.toString('utf8'), DOCUMENT_CHARS))}`);
  }
  return found;
}

const cut = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max)}\n[cut here: ${text.length - max} more characters]`;
