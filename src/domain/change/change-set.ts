export type FileMode = '100644' | '100755' | '120000' | '160000';

/** The change to one path: `content` null deletes it. Bytes are kept as they are. */
export interface FileChange {
  readonly path: string;
  readonly mode: FileMode;
  readonly content: Buffer | null;
}

/** The final form of the executor's edits: sorted by path, one entry a path, every entry a real difference from the base. */
export type ChangeSet = readonly FileChange[];
