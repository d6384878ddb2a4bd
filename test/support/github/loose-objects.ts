// Objects as git keeps them before it packs them: one compressed file each. Read and written here without starting git, because starting a
// process from one as large as a test's takes longer (8 ms) than anything git is asked to do.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

export interface GitObject {
  type: ObjectType;
  body: Buffer;
}

/** Writes a loose object, and returns its id. */
export function writeObject(dir: string, type: ObjectType, body: Buffer): string {
  const whole = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
  const sha = createHash('sha1').update(whole).digest('hex');
  const folder = join(dir, 'objects', sha.slice(0, 2));
  const file = join(folder, sha.slice(2));
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const draft = `${file}.${randomUUID()}`; // a reader must never see half an object
    writeFileSync(draft, deflateSync(whole, { level: 1 }), { mode: 0o444 });
    renameSync(draft, file);
  }
  return sha;
}

const read = new Map<string, GitObject>();
/** Bytes; what is larger is read again. */
const REMEMBERED_MAX = 20_000;

export function remember(dir: string, sha: string, object: GitObject): GitObject {
  if (object.body.length <= REMEMBERED_MAX) read.set(`${dir} ${sha}`, object);
  return object;
}

/** The object of that full id; undefined when it is not there, or in a pack, which is git's business. */
export function looseObject(dir: string, sha: string): GitObject | undefined {
  const known = read.get(`${dir} ${sha}`);
  if (known) return known;
  let whole: Buffer;
  try {
    whole = inflateSync(readFileSync(join(dir, 'objects', sha.slice(0, 2), sha.slice(2))));
  } catch {
    return undefined;
  }
  const end = whole.indexOf(0);
  const type = whole.toString('latin1', 0, end).split(' ')[0] as ObjectType;
  return remember(dir, sha, { type, body: whole.subarray(end + 1) });
}
