import type { FileMode } from '../../domain/change/change-set.ts';

/** One entry of a tree object. */
export interface TreeEntry {
  /** Octal, without leading zeros, as git writes it. */
  readonly mode: string;
  readonly oid: string;
}

/** By name. A name is any bytes but `/` and NUL; here each byte is one character (`latin1`), so that none is lost. */
export type TreeEntries = ReadonlyMap<string, TreeEntry>;

export const FOLDER = '40000';
const OID_BYTES = 20;

/** Reads a tree object; null where it is not one that git would write. */
export function parseTree(body: Buffer): Map<string, TreeEntry> | null {
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const end = body.indexOf(0, space + 1);
    const next = end + 1 + OID_BYTES;
    if (space < 0 || end < 0 || next > body.length) return null;
    const name = body.toString('latin1', space + 1, end);
    if (entries.has(name)) return null;
    entries.set(name, { mode: regular(body.toString('latin1', at, space)), oid: body.toString('hex', end + 1, next) });
    at = next;
  }
  return entries;
}

/** In git's order: by the bytes of the names, a folder's with `/` at its end. */
export function serializeTree(entries: TreeEntries): Buffer {
  const key = (name: string, { mode }: TreeEntry): string => (mode === FOLDER ? `${name}/` : name);
  const sorted = [...entries].sort(([a, x], [b, y]) => (key(a, x) < key(b, y) ? -1 : 1));
  return Buffer.concat(
    sorted.flatMap(([name, { mode, oid }]) => [Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(oid, 'hex')]),
  );
}

/** Very old repositories have modes like 100664 and 040000. */
function regular(mode: string): string {
  const octal = mode.replace(/^0+/, '');
  return octal === FOLDER ? FOLDER : fileMode(octal);
}

/** The mode of a file, link or submodule as git's index has it: of a file's permissions only the owner's right to execute counts. */
export function fileMode(mode: string): FileMode {
  const bits = Number.parseInt(mode, 8);
  const type = bits & 0o170000;
  if (type === 0o120000) return '120000';
  if (type === 0o160000) return '160000';
  return bits & 0o100 ? '100755' : '100644';
}
