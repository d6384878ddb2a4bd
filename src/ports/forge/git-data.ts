import type { FileMode } from '../../domain/change/change-set.ts';

interface CommitInfo {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

/** A tree entry on its way to GitHub: text inline, anything else as a blob made first, null deletes the path. */
export interface TreeChange {
  readonly path: string;
  readonly mode: FileMode;
  readonly content: { readonly text: string } | { readonly blob: string } | null;
}

interface RepositoryFile {
  /** Of its blob. */
  readonly sha: string;
  readonly text: string;
}

/** What is at a path. Of what is no file the text is unknown, wherever a link leads. */
export type Entry =
  | ({ readonly kind: 'file' } & RepositoryFile)
  | { readonly kind: 'link' | 'directory' | 'submodule'; readonly sha: string | null };

/** Objects of git: files, blobs, trees and commits, by id. */
export interface GitDataFacet {
  /** A regular file at a commit or branch, or on the default branch (null). */
  file(path: string, ref: string | null): Promise<RepositoryFile | null>;
  /** The same for whatever is there; null where nothing is. */
  entry(path: string, ref: string | null): Promise<Entry | null>;
  commit(sha: string): Promise<CommitInfo>;
  /** The best common ancestor of two commits; null where they have none, or one of them is gone. */
  mergeBase(a: string, b: string): Promise<string | null>;
  /**
   * The paths that differ between a head and where it branched off `base` (a branch or commit), both names of a renamed file;
   * GitHub lists no more than 300. Null where the two have nothing in common, or one is gone.
   */
  changedPaths(base: string, head: string): Promise<readonly string[] | null>;
  /** A blob's text; null when there is no such blob. */
  blobText(sha: string): Promise<string | null>;
  createBlob(content: Buffer): Promise<string>;
  createTree(base: string, changes: readonly TreeChange[]): Promise<string>;
  /**
   * No author and no committer are given: GitHub then signs the commit as the App's.
   * @param signOff adds the trailer `Signed-off-by`, in the name and with the address that GitHub gives the commit's author.
   */
  createCommit(commit: {
    readonly message: string;
    readonly tree: string;
    readonly parents: readonly string[];
    readonly signOff?: boolean;
  }): Promise<string>;
}
