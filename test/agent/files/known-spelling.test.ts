import { expect, test } from '@jest/globals';
import { knownSpelling } from '../../../src/agent/files/known-spelling.ts';

// A composed e with an acute accent, and the same of two characters.
const [NFC, NFD] = ['\u00e9', 'e\u0301'];

test.each<[string, path: string, known: string[], expected: string]>([
  ['a name in plain letters', 'docs/a.md', ['docs/A.md'], 'docs/a.md'],
  ['a name that is known as it is', `${NFC}.md`, [`${NFC}.md`, `${NFD}.md`], `${NFC}.md`],
  ['a composed name of a decomposed file', `docs/${NFC}.md`, ['docs/a.md', `docs/${NFD}.md`], `docs/${NFD}.md`],
  ['a decomposed name of a composed file', `docs/${NFD}.md`, [`docs/${NFC}.md`], `docs/${NFC}.md`],
  ['a folder', `r${NFC}sum${NFC}`, [`r${NFD}sum${NFD}/a.md`, `r${NFD}sum${NFD}/b.md`], `r${NFD}sum${NFD}`],
  ['a file below a folder', `r${NFC}sum${NFC}/a.md`, [`r${NFD}sum${NFD}/a.md`], `r${NFD}sum${NFD}/a.md`],
  ['a new file below a folder', `r${NFC}sum${NFC}/new/${NFC}.md`, [`r${NFD}sum${NFD}/a.md`], `r${NFD}sum${NFD}/new/${NFC}.md`],
  ['a new file in a folder that is spelled so', `${NFC}/new-${NFC}.md`, [`${NFC}/a.md`, 'b'], `${NFC}/new-${NFC}.md`],
  ['two spellings, neither of them this one', `${NFC}${NFC}`, [`${NFC}${NFD}`, `${NFD}${NFC}`], `${NFC}${NFC}`],
  ['two folders, one of which is spelled so', `${NFC}/new`, [`${NFC}/a`, `${NFD}/b`], `${NFC}/new`],
  ['two folders, of which the other has the file', `${NFC}/b`, [`${NFC}/a`, `${NFD}/b`], `${NFD}/b`],
  ['another case', `${NFC}.md`, [`${NFD}.MD`], `${NFC}.md`],
  ['another name', `${NFC}.md`, ['e.md'], `${NFC}.md`],
])('%s', (_, path, known, expected) => {
  expect(knownSpelling(path, new Set(known))).toBe(expected);
  expect(knownSpelling(path, new Set(), known)).toBe(expected);
});
