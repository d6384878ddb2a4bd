import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { SearchHit, SearchQuery, SearchResult } from '../../ports/snapshot.ts';
import { type GitFailure, type GitRunOptions, runGit } from './git-process.ts';

const SEARCH_TIMEOUT_MS = 30_000;
/** Enough for threads, delta bases and the largest blobs of the Linux repository, but not for a pattern that needs gigabytes. */
const SEARCH_MEMORY_KIB = 1_048_576;
/** Characters of a pattern. It is passed as one argument, and no real search is longer. */
const PATTERN_MAX = 2_000;
/** Bytes of a matching line that are kept, and how many of them precede the match; minified files have lines of megabytes. */
const LINE_MAX = 4_000;
const BEFORE_MATCH = 2_000;

/** A refused pattern is a reason for the model; any other failure of git is a `GitFailure`. */
type SearchOutcome = Outcome<Outcome<SearchResult>, GitFailure>;

/** Searches the text files of a tree with `git grep`: fixed strings, or Perl's expressions, which have a match limit. */
export async function searchTree(tree: string, query: SearchQuery, env: Record<string, string>): Promise<SearchOutcome> {
  const { pattern } = query;
  if (pattern === '') return success(failure('The pattern is empty.'));
  if (pattern.length > PATTERN_MAX) return success(failure(`The pattern is longer than ${PATTERN_MAX} characters.`));
  if (/[\0\n]/.test(pattern)) return success(failure('The search goes line by line; a pattern cannot hold a line break.'));

  const first = await grep(tree, query, pattern, env);
  // A long line can outgrow the small stack of PCRE's compiled matcher; its interpreter is bounded by the match limit alone.
  const again = query.regex && !first.ok && first.reason.stderr.includes('JIT stack');
  const result = again ? await grep(tree, query, `(*NO_JIT)${pattern}`, env) : first;
  if (result.ok) return success(success(result.value));
  return refusal(query, result.reason);
}

async function grep(
  tree: string,
  query: SearchQuery,
  pattern: string,
  env: Record<string, string>,
): Promise<Outcome<SearchResult, GitFailure>> {
  const hits: SearchHit[] = [];
  const parser = hitParser(tree.length + 1, (hit) => hits.push(hit));
  const options: GitRunOptions = {
    env,
    timeoutMs: SEARCH_TIMEOUT_MS,
    memoryKiB: SEARCH_MEMORY_KIB,
    onOutput(chunk) {
      parser(chunk);
      return hits.length <= query.limit;
    },
  };
  const args = [
    'grep',
    '-I',
    '-n',
    '--column',
    '-z',
    '--no-color',
    '--full-name',
    '--threads=2',
    `--max-count=${query.limit + 1}`,
  ];
  const where = query.path === null || query.path === '' ? [] : ['--', query.path];
  const run = await runGit([...args, query.regex ? '-P' : '-F', '-e', pattern, tree, ...where], options);
  // Exit code 1 without a message means that nothing was found.
  if (!run.ok && !(run.reason.code === 1 && run.reason.stderr === '')) return run;
  return success({ hits: hits.slice(0, query.limit), truncated: hits.length > query.limit });
}

function refusal({ regex }: SearchQuery, cause: GitFailure): SearchOutcome {
  if (cause.timedOut) return success(failure('The search took too long. Give a path, or a simpler pattern.'));
  if (!regex) return failure(cause);
  const costs =
    /match limit|recursion limit|depth limit|heap limit|JIT stack|out of memory/i.test(cause.stderr) || cause.code === null;
  if (costs)
    return success(failure('The expression costs too much on this repository. Make it simpler, or search for a literal string.'));
  const compile = /-e option, .*: (.*)/s.exec(cause.stderr.trim());
  return compile ? success(failure(`The expression does not compile: ${compile[1]}.`)) : failure(cause);
}

/** Parses `TREE:PATH<nul>LINE<nul>COLUMN<nul>TEXT<lf>` as it arrives. A path may hold a line feed, a text cannot. */
function hitParser(prefix: number, found: (hit: SearchHit) => void): (chunk: Buffer) => void {
  const fields: Buffer[] = [];
  let kept: Buffer[] = [];
  let length = 0;

  const isText = (): boolean => fields.length === 3;
  const column = (): number => Number(fields[2]?.toString()) - 1;
  const keep = (bytes: Buffer) => {
    const start = isText() ? Math.max(0, column() - BEFORE_MATCH) : 0;
    const end = isText() ? start + LINE_MAX : Number.POSITIVE_INFINITY;
    if (length + bytes.length > start && length < end) kept.push(bytes.subarray(Math.max(0, start - length), end - length));
    length += bytes.length;
  };
  const finish = () => {
    const bytes = Buffer.concat(kept);
    if (isText()) {
      const [path, line] = fields as [Buffer, Buffer];
      const at = { path: path.subarray(prefix).toString(), line: Number(line.toString()) };
      found({ ...at, ...textAround(bytes, column(), length) });
      fields.length = 0;
    } else fields.push(bytes);
    kept = [];
    length = 0;
  };

  return (chunk) => {
    for (let start = 0; start < chunk.length; ) {
      const end = chunk.indexOf(isText() ? 10 : 0, start);
      keep(chunk.subarray(start, end < 0 ? chunk.length : end));
      if (end < 0) return;
      finish();
      start = end + 1;
    }
  };
}

/** The kept part of a line as text; a character of which only some bytes were kept is left out. */
function textAround(kept: Buffer, column: number, length: number): Pick<SearchHit, 'text' | 'match' | 'cutBefore' | 'cutAfter'> {
  const from = Math.max(0, column - BEFORE_MATCH);
  let start = 0;
  while (from > 0 && start < Math.min(3, kept.length) && isContinuation(kept[start])) start += 1;
  const cutAfter = from + kept.length < length;
  let end = kept.length;
  if (cutAfter) {
    while (end > start && end > kept.length - 3 && isContinuation(kept[end - 1])) end -= 1;
    if (end > start && (kept[end - 1] as number) >= 0xc0) end -= 1;
    else end = kept.length;
  }
  const text = kept.subarray(start, end).toString();
  const match = kept.subarray(start, Math.max(start, column - from)).toString().length;
  return { text: cutAfter ? text : text.replace(/\r$/, ''), match, cutBefore: from > 0, cutAfter };
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
