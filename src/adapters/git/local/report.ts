import { personGit } from './person-git.ts';

/** What git shows about the branches that were made: read-only, and with the person's own settings. Empty where git fails. */
export interface LocalReport {
  /** `git log --graph` of the branches from `base` on. */
  graph(base: string, branches: readonly string[], colour: boolean): Promise<string>;
  /** `git diff --stat` of one branch against what it was built on. */
  statistics(from: string, to: string, colour: boolean): Promise<string>;
  /** The names below `refs/heads/` that begin with this. */
  branches(prefix: string): Promise<readonly string[]>;
  /** A file's text at a commit; null where there is none. */
  fileAt(commit: string, path: string): Promise<string | null>;
}

export function localReport(path: string): LocalReport {
  const ask = async (args: readonly string[]): Promise<string> => {
    const done = await personGit(path, args);
    return done.ok ? done.value.toString().trimEnd() : '';
  };
  const paint = (colour: boolean): string => `--color=${colour ? 'always' : 'never'}`;
  return {
    graph: (base, branches, colour) =>
      ask(['log', '--graph', '--oneline', '--decorate', '--boundary', paint(colour), ...branches, `^${base}`, '--']),
    statistics: (from, to, colour) => ask(['diff', '--stat', '--no-ext-diff', paint(colour), from, to, '--']),
    branches: async (prefix) =>
      (await ask(['for-each-ref', '--format=%(refname:lstrip=2)', `refs/heads/${prefix}`])).split('\n').filter(Boolean),
    async fileAt(commit, file) {
      const shown = await personGit(path, ['cat-file', 'blob', `${commit}:${file}`]);
      return shown.ok ? shown.value.toString() : null;
    },
  };
}
