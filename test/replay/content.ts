import { isUtf8 } from 'node:buffer';
import type { Place } from './history.ts';
import type { Source } from './source.ts';

/** What one end of a change is; only a text can be edited. Told apart here by rules of its own, not by asking the code under test. */
export type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary' | 'text that is not UTF-8' | 'LFS pointer' | 'symbolic link' | 'submodule' | 'not in this copy' };

const GITS_PROBE = 8_000;

export async function contentAt(source: Source, { mode, oid }: Place): Promise<Content> {
  if (mode === '160000') return { kind: 'submodule' };
  if (mode === '120000') return { kind: 'symbolic link' };
  const bytes = await source.read(oid);
  if (bytes === null) return { kind: 'not in this copy' };
  if (bytes.subarray(0, GITS_PROBE).includes(0)) return { kind: 'binary' };
  const text = bytes.toString('utf8');
  if (text.startsWith('version https://git-lfs.github.com/spec/')) return { kind: 'LFS pointer' };
  return isUtf8(bytes) ? { kind: 'text', text } : { kind: 'text that is not UTF-8' };
}
