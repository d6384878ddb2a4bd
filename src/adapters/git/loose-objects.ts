import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';

const compress = promisify(deflate);
type ObjectType = 'blob' | 'tree' | 'commit';

/** git's id of an object. */
export const objectId = (type: ObjectType, body: Buffer): string => sha1(headed(type, body));

const sha1 = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex');
/** The bytes that the id is made of, and that git compresses. */
const headed = (type: ObjectType, body: Buffer): Buffer => Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);

/**
 * Writes an object into a repository as git does it, a compressed file under its id, and returns the id. Starting git for it would block
 * this process for longer than the whole of it takes.
 */
export async function writeObject(gitDir: string, type: ObjectType, body: Buffer): Promise<string> {
  const whole = headed(type, body);
  const oid = sha1(whole);
  const folder = join(gitDir, 'objects', oid.slice(0, 2));
  const file = join(folder, oid.slice(2));
  if (await isRenewed(file)) return oid;
  // Not with what is above it: a repository that is being replaced must not come back half.
  await mkdir(folder).catch(unless('EEXIST'));
  // A name that git removes one day, should this process die before the last line. A reader never sees half an object.
  const draft = join(folder, `tmp_obj_${randomUUID()}`);
  await writeFile(draft, await compress(whole, { level: 1 }), { mode: 0o444 });
  await rename(draft, file);
  return oid;
}

/** An object that is there is made young again, as git does it: objects that nothing refers to are removed once they are old. */
async function isRenewed(file: string): Promise<boolean> {
  const now = new Date();
  return (await utimes(file, now, now).catch(unless('ENOENT'))) !== MISSING;
}

const MISSING = Symbol('missing');
const unless =
  (code: string) =>
  (error: NodeJS.ErrnoException): typeof MISSING => {
    if (error.code !== code) throw error;
    return MISSING;
  };
