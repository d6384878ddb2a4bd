// What the GitHub of this benchmark knows, in memory.
import { createObjectStore, type ObjectStore } from './objects.ts';

export const APP = { id: 4711, slug: 'planwright', installation: 1 };
export const OWNER = 'olga';
/** Labels the issues, and may write. */
export const WRITER = 'wanda';

export interface Comment {
  readonly id: number;
  body: string;
  readonly at: string;
}

/** An issue or a pull request; the conversation is the same. */
export interface Subject {
  readonly number: number;
  title: string;
  body: string;
  readonly at: string;
  readonly labels: Set<string>;
  readonly comments: Comment[];
  /** Of a pull request. */
  readonly pull: { readonly head: string; readonly base: string; draft: boolean } | null;
}

export interface CheckRun {
  readonly id: number;
  readonly head: string;
  readonly name: string;
  status: string;
  conclusion: string | null;
  externalId: string | null;
  completedAt: string | null;
  title: string | null;
}

export interface Repository {
  readonly id: number;
  readonly name: string;
  readonly fullName: string;
  /** By their full names, `refs/heads/main`. */
  readonly refs: Map<string, string>;
  readonly subjects: Map<number, Subject>;
  readonly labels: Set<string>;
  readonly runs: CheckRun[];
}

export interface World {
  readonly objects: ObjectStore;
  /** By name. */
  readonly repositories: ReadonlyMap<string, Repository>;
  nextId(): number;
}

export const DEFAULT_BRANCH = 'main';

export const headOf = ({ refs }: Repository, branch: string): string | null => refs.get(`refs/heads/${branch}`) ?? null;

/** Repositories of the same files with open issues that nobody has labelled yet. */
export function createWorld(
  files: Readonly<Record<string, string>>,
  { repositories, issues }: { readonly repositories: number; readonly issues: number },
): World {
  const objects = createObjectStore();
  let ids = 1_000;
  const nextId = (): number => ++ids;
  const tree = objects.tree(
    new Map(
      Object.entries(files).map(([path, text]) => [path, { mode: '100644', sha: objects.blob(Buffer.from(text)) }] as const),
    ),
  );
  const at = new Date().toISOString();
  const made = new Map<string, Repository>();
  for (let r = 1; r <= repositories; r++) {
    const name = `shop-${r}`;
    // Each has a commit of its own, as repositories do.
    const { sha } = objects.commit({ tree, parents: [], message: `Open shop ${r}\n` }, new Date(at));
    const subjects = new Map<number, Subject>();
    for (let number = 1; number <= Math.ceil((issues - r + 1) / repositories); number++)
      subjects.set(number, {
        number,
        title: `Limit the orders, part ${number}`,
        body: 'Too many orders arrive, and the shop cannot say which ones it will not take. '.repeat(5),
        at,
        labels: new Set(),
        comments: [],
        pull: null,
      });
    made.set(name, {
      id: nextId(),
      name,
      fullName: `${OWNER}/${name}`,
      refs: new Map([[`refs/heads/${DEFAULT_BRANCH}`, sha]]),
      subjects,
      labels: new Set(['plan']),
      runs: [],
    });
  }
  return { objects, repositories: made, nextId };
}

export const nextNumber = ({ subjects }: Repository): number => Math.max(0, ...subjects.keys()) + 1;
