import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { SearchHit, SearchQuery, SearchResult } from '../../ports/snapshot.ts';
import { type GitFailure, type GitRunOptions, runGit } from './git-process.ts';

const SEARCH_TIMEOUT_MS = 30_000;
/** Threads, delta bases and the largest blobs of linux fit; a pattern that wants gigabytes does not. */
const SEARCH_MEMORY_KIB = 1_048_576;
/** Characters of a pattern: it travels as one argument, and nobody searches for more. */
const PATTERN_MAX = 2_000;
/** Bytes of a matching line that are kept; minified files have lines of megabytes. */
const LINE_MAX = 2_000;

/** A refused pattern is a reason for the model; a git that fails for another cause is a `GitFailure`. */
type SearchOutcome = Outcome<Outcome<SearchResult>, GitFailure>;

/** Searches the text files of a tree with `git grep`: fixed strings, or Perl's expressions, which have a match limit. */
export async function searchTree(tree: string, query: SearchQuery, env: Record<string, string>): Promise<SearchOutcome> {
  const { pattern } = query;
  if (pattern === '') return success(failure('The pattern is empty.'));
  if (pattern.length > PATTERN_MAX) return success(failure(`The pattern is longer than ${PATTERN_MAX} characters.`));
  if (/[\0\n]/.test(pattern)) return success(failure('The search goes line by line; a pattern cannot hold a line break.'));

  const first = await grep(tree, query, pattern, env);
  // A long line can outgrow the small stack of PCRE's compiled matcher; its interpreter has only the match limit.
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
  const args = ['grep', '-I', '-n', '-z', '--no-color', '--full-name', '--threads=2', `--max-count=${query.limit + 1}`];
  const where = query.path === null || query.path === '' ? [] : ['--', query.path];
  const run = await runGit([...args, query.regex ? '-P' : '-F', '-e', pattern, tree, ...where], options);
  // 1 without a message is grep's "nothing found".
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

/** Parses `TREE:PATH<nul>LINE<nul>TEXT<lf>` as it comes. A path may hold a line feed, a text cannot. */
function hitParser(prefix: number, found: (hit: SearchHit) => void): (chunk: Buffer) => void {
  let path: Buffer = Buffer.alloc(0);
  let line = '';
  let field: Buffer[] = [];
  let length = 0;
  let part: 'path' | 'line' | 'text' = 'path';

  const keep = (bytes: Buffer) => {
    if (part !== 'text' || length < LINE_MAX) field.push(bytes);
    length += bytes.length;
  };
  const finish = () => {
    const bytes = Buffer.concat(field);
    field = [];
    length = 0;
    if (part === 'path') path = bytes.subarray(prefix);
    else if (part === 'line') line = bytes.toString();
    else found({ path: path.toString(), line: Number(line), text: bytes.subarray(0, LINE_MAX).toString().replace(/\r$/, '') });
    part = part === 'path' ? 'line' : part === 'line' ? 'text' : 'path';
  };

  return (chunk) => {
    for (let start = 0; start < chunk.length; ) {
      const end = chunk.indexOf(part === 'text' ? 10 : 0, start);
      keep(chunk.subarray(start, end < 0 ? chunk.length : end));
      if (end < 0) return;
      finish();
      start = end + 1;
    }
  };
}
