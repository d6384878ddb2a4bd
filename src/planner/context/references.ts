import type { RepositoryRef } from '../../domain/repository.ts';

const MOST = 10;
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;

/** Numbers of this repository's issues and pull requests that texts refer to, as `#12` or by address, in order, at most ten. */
export function referencesIn(texts: readonly string[], { owner, name }: RepositoryRef, own: number): number[] {
  const address = `${owner}/${name}/(?:issues|pull)/`.replaceAll('.', '\\.');
  const reference = new RegExp(`(?:(?<![\\w/&#-])(?:#|GH-)|/${address})([1-9][0-9]{0,8})(?![\\w])`, 'gi');
  const found = new Set<number>();
  for (const text of texts) {
    for (const [, number] of text.replace(CODE, '').matchAll(reference)) found.add(Number(number));
  }
  found.delete(own);
  return [...found].slice(0, MOST);
}
