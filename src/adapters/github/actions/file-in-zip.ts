import { unzipSync } from 'fflate';
import { failure, type Outcome, success } from '../../../domain/outcome.ts';

/**
 * One file of an archive that a repository's workflow has made. Whatever its directory claims, no more than `maxBytes` are
 * unpacked, and nothing but this file. The reason is the end of a sentence that begins with the archive.
 */
export function fileInZip(zip: Buffer, name: string, maxBytes: number): Outcome<Buffer> {
  let isTooLarge = false;
  let isTaken = false;
  try {
    const files = unzipSync(zip, {
      filter: (file) => {
        if (file.name !== name || isTaken) return false;
        isTaken = true;
        isTooLarge = file.originalSize > maxBytes;
        return !isTooLarge;
      },
    });
    const content = files[name];
    if (isTooLarge) return failure(`holds a \`${name}\` larger than ${Math.round(maxBytes / 1_000_000)} MB.`);
    return content === undefined ? failure(`holds no file \`${name}\`.`) : success(Buffer.from(content));
  } catch {
    return failure('cannot be unpacked.');
  }
}
