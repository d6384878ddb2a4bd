import { SECRET_VARIABLES, spellingsOf } from './variable-spellings.ts';

type Variables = Readonly<Record<string, string | undefined>>;

interface Given {
  /** Trimmed; undefined where it is missing or blank. */
  readonly given: Record<string, string | undefined>;
  readonly problems: string[];
  /** Secrets that were named and could not be read, or were given twice. */
  readonly unread: ReadonlySet<string>;
}

/** Stands for a secret that exists but could not be read, so that it is not also reported as missing. */
const UNREAD = 'unread';

/**
 * The variables of these names, each secret from its file where one is named.
 * @param readFile throws as `readFileSync` does.
 */
export function withSecretFiles(variables: Variables, names: readonly string[], readFile: (path: string) => string): Given {
  // Compose files and CI pass unset variables as empty strings.
  const textOf = (name: string): string | undefined => variables[name]?.trim() || undefined;
  const given = Object.fromEntries(names.map((name) => [name, textOf(name)]));
  const problems: string[] = [];
  const unread = new Set<string>();
  for (const name of SECRET_VARIABLES) {
    const set = spellingsOf(name).filter((spelling) => textOf(spelling) !== undefined);
    const [spelling] = set;
    if (set.length > 1) {
      problems.push(`${set.join(' and ')} are ${set.length === 2 ? 'both' : 'all'} set: keep one.`);
      given[name] = UNREAD;
      unread.add(name);
    } else if (spelling !== undefined && spelling !== name) {
      try {
        given[name] = readFile(textOf(spelling) as string).trim() || undefined;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        problems.push(
          `${spelling} cannot be read (${code ?? 'unknown error'}): check that the file is there and readable for this user.`,
        );
        given[name] = UNREAD;
        unread.add(name);
      }
    }
  }
  return { given, problems, unread };
}
