import { expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { fileInZip } from '../../../../src/adapters/github/actions/file-in-zip.ts';

const NAME = 'planwright.patch';
const MAX = 100_000;
const zip = (files: Readonly<Record<string, string>>, level: 0 | 9 = 9): Buffer =>
  Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])), { level }));
const unpacked = (bytes: Buffer): string => {
  const file = fileInZip(bytes, NAME, MAX);
  return file.ok ? file.value.toString() : `refused: it ${file.reason}`;
};

/** The archive with the size that its directory claims for a file replaced. */
function claiming(size: number, bytes: Buffer): Buffer {
  const directory = bytes.lastIndexOf(Buffer.from('504b0102', 'hex'));
  const changed = Buffer.from(bytes);
  changed.writeUInt32LE(size, directory + 24);
  return changed;
}

test.each([
  ['packed', zip({ [NAME]: 'a patch' }), 'a patch'],
  ['stored', zip({ [NAME]: 'a patch' }, 0), 'a patch'],
  ['empty', zip({ [NAME]: '' }), ''],
  ['among others', zip({ 'a.txt': 'no', [NAME]: 'a patch', [`x/${NAME}`]: 'no' }), 'a patch'],
  ['another name', zip({ 'a.txt': 'no' }), 'refused: it holds no file `planwright.patch`.'],
  ['no file at all', zip({}), 'refused: it holds no file `planwright.patch`.'],
  ['too large', zip({ [NAME]: 'x'.repeat(MAX + 1) }), 'refused: it holds a `planwright.patch` larger than 0 MB.'],
  ['no archive', Buffer.from('not a zip'), 'refused: it cannot be unpacked.'],
  ['nothing', Buffer.alloc(0), 'refused: it cannot be unpacked.'],
  ['cut off', zip({ [NAME]: 'a patch' }).subarray(0, 40), 'refused: it cannot be unpacked.'],
])('%s', (_, bytes, expected) => {
  expect(unpacked(bytes)).toBe(expected);
});

test('an archive that unpacks to a thousand times its size, or lies about it, takes no more than the limit', () => {
  const bomb = zip({ [NAME]: '\n'.repeat(50_000_000) });
  expect(bomb.length).toBeLessThan(MAX);
  expect(unpacked(bomb)).toContain('larger than');
  const lying = unpacked(claiming(10, bomb));
  expect(lying.length).toBeLessThanOrEqual(MAX);
});
