import { enumerate, oneLine } from '../../text/truncate.ts';

/** Levels that are counted separately; deeper files count for their directory on the last level. */
const LEVELS = 10;
/** Directories shown inside the root, fewer where these do not fit, and inside any other; the largest are chosen. */
const IN_ROOT = [40, 20, 10, 5, 2];
const INSIDE = [15, 5];
const ROOT_FILES_CHARACTERS = 600;
/** In a directory with more files of its own, the files are not named. */
const NAMED_FILES = 25;
/** Directories that an issue is never about: they are counted, not opened. */
const OTHERS_CODE = /(?:^|\/)(?:node_modules|vendor|third[-_]party|dist|build|out|target|__snapshots__)\/ \d/i;

interface Directory {
  /** Files below it at any depth. */
  files: number;
  /** Names of the files in it itself; no more than NAMED_FILES + 1 are kept. */
  readonly own: string[];
  readonly children: Map<string, Directory>;
}

/** A directory as a line. Directories that hold nothing but one directory share theirs: src/main/java/. */
interface Shown {
  line: string;
  readonly directory: Directory;
  readonly score: number;
  readonly depth: number;
  inside: readonly (Shown | string)[];
}

/**
 * Directories with the number of files below each, and the names of files where there is room, in at most `budget` characters
 * whatever the shape of the repository. A small repository is listed file by file. Where not everything fits, large directories
 * near the root are opened first.
 */
export function directoryTree(paths: readonly string[], budget: number): string {
  if (paths.reduce((sum, path) => sum + path.length + 1, 0) <= budget) {
    const whole = paths.map((path) => oneLine(path, 300)).join('\n');
    if (whole.length <= budget) return whole;
  }
  const rootFiles = paths.filter((path) => !path.includes('/'));
  const files = enumerate(rootFiles, Math.min(ROOT_FILES_CHARACTERS, budget / 3));
  const top: Shown = { line: '', directory: countDirectories(paths), score: 1, depth: -1, inside: [] };
  const opened: Shown[] = [];
  const room = openUp(top, budget - files.length - 1, opened);
  nameFiles(opened, room);
  return [...(rootFiles.length > 0 ? [files] : []), ...linesOf(top)].join('\n');
}

function countDirectories(paths: readonly string[]): Directory {
  const root: Directory = { files: 0, own: [], children: new Map() };
  for (const path of paths) {
    let at = root;
    at.files += 1;
    let start = 0;
    for (let level = 0; level < LEVELS; level++) {
      const slash = path.indexOf('/', start);
      if (slash === -1) break;
      const name = path.slice(start, slash);
      const next = at.children.get(name) ?? { files: 0, own: [], children: new Map() };
      at.children.set(name, next);
      next.files += 1;
      at = next;
      start = slash + 1;
    }
    if (at.own.length <= NAMED_FILES) at.own.push(path.slice(start));
  }
  return root;
}

/** Opens directories in the order of their score for as long as their lines fit; gives back the room that is left. */
function openUp(top: Shown, budget: number, opened: Shown[]): number {
  const waiting = [top];
  let room = budget;
  while (waiting.length > 0) {
    const best = waiting.reduce((a, b) => (b.score > a.score ? b : a));
    waiting.splice(waiting.indexOf(best), 1);
    const inside = whatFits(best, best === top ? IN_ROOT : INSIDE, room);
    if (!inside) continue;
    room -= costOf(inside);
    best.inside = inside;
    const children = inside.filter((child) => typeof child !== 'string');
    opened.push(...children);
    waiting.push(...children.filter((child) => child.directory.children.size > 0 && !OTHERS_CODE.test(child.line)));
  }
  return room;
}

function whatFits(shown: Shown, mosts: readonly number[], room: number): (Shown | string)[] | null {
  for (const most of mosts) {
    const inside = childrenOf(shown, most);
    if (costOf(inside) <= room) return inside;
  }
  return null;
}

const costOf = (inside: readonly (Shown | string)[]): number =>
  inside.reduce((sum, child) => sum + (typeof child === 'string' ? child : child.line).length + 1, 0);

function childrenOf({ directory, depth, score }: Shown, most: number): (Shown | string)[] {
  const bySize = [...directory.children].sort(([a, x], [b, y]) => y.files - x.files || (a < b ? -1 : 1));
  const chosen = bySize.slice(0, most).sort(([a], [b]) => (a < b ? -1 : 1));
  const left = bySize.slice(most);
  const shown = chosen.map(([name, child]) => show(name, child, depth + 1, score * (child.files / directory.files)));
  if (left.length === 0) return shown;
  const files = left.reduce((sum, [, child]) => sum + child.files, 0);
  return [...shown, `${'  '.repeat(depth + 1)}... ${left.length} more directories: ${files}`];
}

function show(name: string, directory: Directory, depth: number, score: number): Shown {
  let path = name;
  let last = directory;
  for (let only = onlyChild(last); only; only = onlyChild(last)) {
    path += `/${only[0]}`;
    last = only[1];
  }
  const line = `${'  '.repeat(depth)}${oneLine(`${path}/`)} ${last.files}`;
  return { line, directory: last, depth, score: score / 2, inside: [] };
}

function onlyChild({ files, children }: Directory): [string, Directory] | undefined {
  const [first] = children;
  return children.size === 1 && first && first[1].files === files ? first : undefined;
}

/** The remaining room is used for the names of files, in the same order. */
function nameFiles(opened: readonly Shown[], budget: number): void {
  let room = budget;
  for (const shown of opened.toSorted((a, b) => b.score - a.score)) {
    const { own } = shown.directory;
    const names = `: ${own.map((name) => oneLine(name)).join(', ')}`;
    if (own.length === 0 || own.length > NAMED_FILES || names.length > room) continue;
    room -= names.length;
    shown.line += names;
  }
}

const linesOf = ({ line, depth, inside }: Shown): string[] => [
  ...(depth < 0 ? [] : [line]),
  ...inside.flatMap((child) => (typeof child === 'string' ? [child] : linesOf(child))),
];
