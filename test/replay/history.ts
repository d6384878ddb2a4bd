import { EMPTY_TREE } from '../support/github/loose-trees.ts';
import type { Source } from './source.ts';

/** A commit with one parent, or none: the first. */
export interface PastCommit {
  readonly sha: string;
  readonly subject: string;
  readonly parent: string | null;
  readonly tree: string;
}

/** One end of a change. `mode` as the tree has it, `100664` included. */
export interface Place {
  /** The name's bytes, one character each. */
  readonly name: string;
  /** null where the bytes are not UTF-8. */
  readonly path: string | null;
  readonly mode: string;
  readonly oid: string;
}

/** `from` null: created. `to` null: deleted. Two different names: renamed. */
export interface PathChange {
  readonly from: Place | null;
  readonly to: Place | null;
}

const NO_OBJECT = '0'.repeat(40);

/** The newest `count` commits on the first-parent line of `tip` that are no merges, oldest first. */
export async function pastCommits(source: Source, tip: string, count: number): Promise<PastCommit[]> {
  const line = ['--first-parent', '--no-merges', `--max-count=${count}`, '--end-of-options', tip];
  const logged = (await source.git(['log', '--format=%H %T %P%x09%s', ...line])).toString();
  // Where a shallow clone ends, commits look like first ones, and what they changed is not known.
  const cut = new Set(source.shallow.split('\n'));
  const commits = logged.split('\n').flatMap((entry): PastCommit[] => {
    const tab = entry.indexOf('\t');
    const [sha = '', tree = '', parent = ''] = entry.slice(0, tab).split(' ');
    return tab < 0 || cut.has(sha) ? [] : [{ sha, tree, parent: parent || null, subject: entry.slice(tab + 1) }];
  });
  return commits.reverse();
}

/** What the commit did to each path, renames as git sees them. */
export async function changesOf(source: Source, { sha, parent }: PastCommit): Promise<PathChange[]> {
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '-M', parent ?? EMPTY_TREE, sha];
  const fields = (await source.git(args)).toString('latin1').split('\0');
  const changes: PathChange[] = [];
  for (let i = 0; i + 1 < fields.length; ) {
    const [oldMode = '', newMode = '', oldOid = '', newOid = '', status = ''] = (fields[i] ?? '').slice(1).split(' ');
    const name = fields[i + 1] ?? '';
    const renamed = status.startsWith('R');
    changes.push({
      from: place(name, oldMode, oldOid),
      to: place(renamed ? (fields[i + 2] ?? '') : name, newMode, newOid),
    });
    i += renamed ? 3 : 2;
  }
  return changes;
}

/** Every file of a commit or tree. */
export async function placesIn(source: Source, treeish: string): Promise<Place[]> {
  const lines = (await source.git(['ls-tree', '-r', '-z', '--full-tree', treeish])).toString('latin1').split('\0');
  return lines.filter(Boolean).map((line) => {
    const tab = line.indexOf('\t');
    const [mode = '', , oid = ''] = line.slice(0, tab).split(' ');
    const name = line.slice(tab + 1);
    return { name, path: pathOf(name), mode, oid };
  });
}

const place = (name: string, mode: string, oid: string): Place | null =>
  oid === NO_OBJECT ? null : { name, path: pathOf(name), mode, oid };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function pathOf(name: string): string | null {
  try {
    return utf8.decode(Buffer.from(name, 'latin1'));
  } catch {
    return null;
  }
}
