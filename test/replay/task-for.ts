import { changesOf, type PastCommit, type PathChange, placesIn } from './history.ts';
import { standIns } from './lacking.ts';
import type { LocalForge } from './local-forge.ts';
import { EMPTY_BLOB, putBase, putTree } from './put-tree.ts';
import { type Prepared, type Share, shareOut } from './share-out.ts';
import type { Source } from './source.ts';
import type { ToolWork } from './tool-work.ts';
import type { Loosely } from './without-indentation.ts';

export interface Setting {
  readonly source: Source;
  readonly forge: LocalForge;
  /** Contents the source does not have. */
  readonly lacking: ReadonlySet<string>;
}

/** How much the tools are asked to change, counted in the rough: the paths, and the characters of new texts. */
interface Size {
  readonly files: number;
  readonly bytes: number;
}

/** One commit as something for the executor to do. */
export interface PastTask {
  readonly changes: readonly PathChange[];
  readonly prepared: readonly Prepared[];
  readonly work: readonly ToolWork[];
  readonly size: Size;
  /** Files whose old text had nothing to take hold of, so that they are overwritten. */
  readonly emptyBefore: number;
  /** What would have come of its edits without their indentation. */
  readonly loosely: readonly Loosely[];
  /** The commit the executor starts from, on the local GitHub. */
  readonly base: string;
  /** The tree that must come out: the commit's own, if nothing of it is lacking. */
  readonly wanted: string;
}

export async function taskFor({ source, forge, lacking }: Setting, commit: PastCommit): Promise<PastTask> {
  const changes = await changesOf(source, commit);
  const arrives = changes.some(({ from, to }) => to !== null && from?.name !== to.name);
  const paths = arrives ? (await placesIn(source, commit.tree)).flatMap(({ path }) => path ?? []) : [];
  const shares = await shareOut(source, changes, paths);
  const entries = shares
    .flatMap((share) => share.base)
    .map((entry) => (entry.oid !== null && lacking.has(entry.oid) ? { ...entry, oid: EMPTY_BLOB } : entry));
  const missing = await standIns(source, commit.tree, lacking);
  return {
    changes,
    prepared: shares.flatMap((share) => share.prepared ?? []),
    size: sizeOf(shares),
    work: shares.flatMap((share) => share.work).filter((work) => Object.keys(work).length > 0),
    emptyBefore: shares.filter(({ prepared, work }) => prepared !== 'new executable' && work.some((one) => one.overwrite)).length,
    loosely: shares.flatMap(({ work }) => work.flatMap(({ edit }) => edit?.loosely ?? [])),
    base: await putBase(forge.gitDir, commit, [...(await standIns(source, commit.parent, lacking)), ...entries]),
    wanted: missing.length === 0 ? commit.tree : await putTree(forge.gitDir, commit.tree, missing),
  };
}

function sizeOf(shares: readonly Share[]): Size {
  const work = shares.flatMap((share) => share.work);
  const paths = work.flatMap(({ remove, move, create, overwrite, edit }) => [
    remove,
    move?.from,
    move?.to,
    create?.path,
    overwrite?.path,
    edit?.path,
  ]);
  const texts = work.flatMap(({ create, overwrite, edit }) => [
    ...[create?.content ?? '', overwrite?.content ?? ''],
    ...(edit?.edits ?? []).map(({ new_text }) => new_text),
  ]);
  return {
    files: new Set(paths.filter((path) => path !== undefined)).size,
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
  };
}
