// One real bare repository per repository: the truth about objects and references. emulate's own tables of branches and
// references follow it, because its pull requests and its branch listing look there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tables } from './emulate.ts';
import { git, tryGit } from './git-command.ts';
import { looseObject } from './loose-objects.ts';
import { isPlainRef, moveLooseRef } from './loose-refs.ts';
import type { RepositoryRow } from './rows.ts';

export const ZERO = '0'.repeat(40);

/** What `git init --bare` writes, and what a server of many is told: no packing, so that references and objects stay files. */
const CONFIG = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[http]
	receivepack = true
[gc]
	auto = 0
`;

export interface RefMove {
  ref: string;
  /** null: the reference did not exist */
  before: string | null;
  /** null: the reference is gone */
  after: string | null;
}

export interface GitStore {
  root: string;
  dirOf(repo: RepositoryRow): string;
  create(repo: RepositoryRow): Promise<string>;
  /** What the full reference name points at. */
  ref(repo: RepositoryRow, ref: string): string | undefined;
  branch(repo: RepositoryRow, name: string): string | undefined;
  refs(repo: RepositoryRow): { ref: string; sha: string }[];
  /** Compare-and-swap; undefined when somebody else was faster or git refuses the name. */
  move(repo: RepositoryRow, move: RefMove): Promise<RefMove | undefined>;
  /** Takes over what a push over HTTP did to the references, and says what moved. */
  adopt(repo: RepositoryRow): Promise<RefMove[]>;
}

export function createGitStore(root: string, tables: Tables): GitStore {
  const dirOf = (repo: RepositoryRow) => join(root, `${repo.id}.git`);
  const rows = (repo: RepositoryRow) => tables.refs.findBy('repo_id', repo.id);
  const ref = (repo: RepositoryRow, name: string) => rows(repo).find((row) => row.ref === name)?.sha;

  function mirror(repo: RepositoryRow, { ref: name, after }: RefMove): void {
    const row = rows(repo).find((candidate) => candidate.ref === name);
    const branchName = name.startsWith('refs/heads/') ? name.slice('refs/heads/'.length) : undefined;
    const branch = tables.branches.findBy('repo_id', repo.id).find((candidate) => candidate.name === branchName);
    if (after === null) {
      if (row) tables.refs.delete(row.id);
      if (branch) tables.branches.delete(branch.id);
      return;
    }
    if (row) tables.refs.update(row.id, { sha: after });
    else tables.refs.insert({ repo_id: repo.id, ref: name, sha: after, node_id: `REF_${repo.id}_${name}` });
    if (branch) tables.branches.update(branch.id, { sha: after });
    else if (branchName) tables.branches.insert({ repo_id: repo.id, name: branchName, sha: after, protected: false });
    if (branchName) tables.repos.update(repo.id, { pushed_at: new Date().toISOString() });
  }

  return {
    root,
    dirOf,
    ref,
    branch: (repo, name) => ref(repo, `refs/heads/${name}`),
    refs: (repo) => rows(repo).map(({ ref: name, sha }) => ({ ref: name, sha })),
    async create(repo) {
      const dir = dirOf(repo);
      for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
        mkdirSync(join(dir, folder), { recursive: true });
      writeFileSync(join(dir, 'HEAD'), `ref: refs/heads/${repo.default_branch}\n`);
      writeFileSync(join(dir, 'config'), CONFIG);
      return dir;
    },
    async move(repo, move) {
      if (isPlainRef(move.ref) && (move.after === null || looseObject(dirOf(repo), move.after))) {
        if (!moveLooseRef(dirOf(repo), move.ref, move.before, move.after)) return undefined;
        mirror(repo, move);
        return move;
      }
      const { code } = await tryGit(dirOf(repo), ['update-ref', '--stdin'], {
        input:
          move.after === null
            ? `delete ${move.ref} ${move.before ?? ZERO}\n`
            : `update ${move.ref} ${move.after} ${move.before ?? ZERO}\n`,
      });
      if (code !== 0) return undefined;
      mirror(repo, move);
      return move;
    },
    async adopt(repo) {
      const listing = await git(dirOf(repo), ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/tags']);
      const now = new Map(
        listing
          .split('\n')
          .filter(Boolean)
          .map((line) => [line.slice(41), line.slice(0, 40)] as const),
      );
      const moves: RefMove[] = [];
      for (const [name, sha] of now) {
        const before = ref(repo, name) ?? null;
        if (before !== sha) moves.push({ ref: name, before, after: sha });
      }
      for (const row of rows(repo)) if (!now.has(row.ref)) moves.push({ ref: row.ref, before: row.sha, after: null });
      for (const move of moves) mirror(repo, move);
      return moves;
    },
  };
}
