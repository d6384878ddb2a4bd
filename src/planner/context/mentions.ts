const PATH_LIKE = /[\w@.+-]+(?:\/[\w@.+[\]()-]+)*\/?/g;
/** A text of 60,000 characters may look like thousands of paths. */
const LOOKED_UP = 2_000;

/**
 * Directories that a text is about: those it names, and those of the files it names; a file also by its name alone if only one has
 * it.
 */
export function mentionedDirectories(text: string, paths: Iterable<string>): string[] {
  const words = new Set<string>();
  for (const [match] of text.matchAll(PATH_LIKE)) {
    const word = match.replace(/^(?:\.\/)+/, '').replace(/[.)+-]+$/, '');
    if (word.includes('/') || word.includes('.')) words.add(word);
    if (words.size >= LOOKED_UP) break;
  }
  const found = new Set<string>();
  const byName = new Map<string, string | null>();
  for (const path of paths) {
    const slash = path.lastIndexOf('/');
    const [folder, name] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
    if (words.has(path)) found.add(folder);
    else if (words.has(name)) byName.set(name, byName.has(name) ? null : folder);
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      const directory = path.slice(0, end);
      if (words.has(`${directory}/`) || (directory.includes('/') && words.has(directory))) found.add(directory);
    }
  }
  for (const folder of byName.values()) if (folder !== null) found.add(folder);
  found.delete('');
  return [...found];
}
