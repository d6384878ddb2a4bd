/** Paths that can be looked up and listed, as a map of files by path. */
export interface KnownPaths {
  has(path: string): boolean;
  keys(): Iterable<string>;
}

// Without other characters there is one way only to compose a name.
const ASCII = /^[\x20-\x7e]*$/;

/**
 * A path as it is spelled where it is known. Files made on a Mac may have names whose accents are characters of their own; a model
 * writes the composed ones, which look the same, and cannot see why such a file should not be there. As much of the path as is
 * known, from its beginning, gets the one spelling that differs in nothing else; where two are known it stays as it is.
 * @param more further known paths, such as those of files that do not exist yet.
 */
export function knownSpelling(path: string, known: KnownPaths, more: readonly string[] = []): string {
  if (ASCII.test(path) || known.has(path) || more.includes(path)) return path;
  const parts = path.split('/');
  const spellings = spellingsIn(parts, known, more);
  const depth = spellings.findLastIndex(({ size }) => size > 0);
  const [only, ...others] = spellings[depth] ?? [];
  const given = parts.slice(0, depth).join('/');
  if (only === undefined || others.length > 0 || only === given) return path;
  return [only, ...parts.slice(depth)].join('/');
}

/** How the first 0, 1, 2, … names of a path are spelled among the known ones. */
function spellingsIn(parts: readonly string[], known: KnownPaths, more: readonly string[]): readonly ReadonlySet<string>[] {
  const wanted = parts.map((part) => part.normalize('NFC'));
  const spellings = [new Set<string>(), ...parts.map(() => new Set<string>())];
  for (const paths of [known.keys(), more]) {
    for (const other of paths) {
      const names = other.split('/');
      for (const [index, name] of wanted.entries()) {
        if (names[index]?.normalize('NFC') !== name) break;
        spellings[index + 1]?.add(names.slice(0, index + 1).join('/'));
      }
    }
  }
  return spellings;
}
