// Git's smart HTTP, protocol version 2, as far as a fetch of one commit by its id needs it: no git is started here.
import type { ObjectStore } from './objects.ts';

const FLUSH = '0000';
const DELIMITER = '0001';
const line = (text: string | Buffer): Buffer => {
  const bytes = Buffer.from(text as string);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
};
const all = (...parts: readonly (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part as string)));

/** The largest piece of a pack that fits into one line of the side band. */
const PIECE = 65_515;

export const ADVERTISEMENT = all(
  line('# service=git-upload-pack\n'),
  FLUSH,
  ...['version 2\n', 'agent=bench\n', 'ls-refs\n', 'fetch=shallow\n', 'object-format=sha1\n'].map(line),
  FLUSH,
);

/** @returns null where the request is for something else, or for a commit that is not there. */
export function uploadPack(store: ObjectStore, refs: ReadonlyMap<string, string>, request: string): Buffer | null {
  if (request.includes('command=ls-refs')) return all(...[...refs].map(([name, sha]) => line(`${sha} ${name}\n`)), FLUSH);
  const wanted = /want ([0-9a-f]{40})/.exec(request)?.[1];
  const pack = wanted === undefined ? null : store.packOf(wanted);
  if (wanted === undefined || pack === null) return null;
  const pieces: Buffer[] = [];
  for (let at = 0; at < pack.length; at += PIECE) pieces.push(line(all(Buffer.from([1]), pack.subarray(at, at + PIECE))));
  return all(line('shallow-info\n'), line(`shallow ${wanted}\n`), DELIMITER, line('packfile\n'), ...pieces, FLUSH);
}
