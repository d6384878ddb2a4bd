import type { ReviewFinding } from '../../src/domain/plan/review-finding.ts';
import { COMPONENT } from './deviations.ts';

/** What one request shows of a file: its new lines by number, and what was removed. */
interface ShownFile {
  readonly lines: ReadonlyMap<number, string>;
  readonly removed: readonly string[];
}

/**
 * A reviewer that has nothing but the text of one request: it puts the files together from the numbered diff, runs the limiter, and reads
 * the rest. It stands in for a model where no provider can be reached, so what it finds shows that a request holds everything that finding it
 * takes; how good a model is at it, `npm run bench -- review` measures.
 */
export async function findDeviations(request: string): Promise<ReviewFinding[]> {
  const files = shownFiles(request);
  return [...(await checkLimiter(files)), ...(await checkServer(files)), ...checkTest(files)];
}

function shownFiles(request: string): ReadonlyMap<string, ShownFile> {
  const found = new Map<string, ShownFile>();
  for (const section of request.split(/^diff --git a\//m).slice(1)) {
    const lines = new Map<number, string>();
    const removed: string[] = [];
    for (const line of section.split('\n')) {
      const [, number, text] = /^ {0,4}(\d+) [+ ](.*)$/.exec(line) ?? [];
      if (number !== undefined) lines.set(Number(number), text ?? '');
      else if (/^ {6}-/.test(line)) removed.push(line.slice(7));
    }
    found.set(section.slice(0, section.indexOf(' b/')), { lines, removed });
  }
  return found;
}

const textOf = (file: ShownFile | undefined): string =>
  [...(file?.lines ?? [])]
    .sort(([a], [b]) => a - b)
    .map(([, text]) => `${text}\n`)
    .join('');

const lineOf = (file: ShownFile | undefined, words: string): number | null =>
  [...(file?.lines ?? [])].find(([, text]) => text.includes(words))?.[0] ?? null;

const finding = (criterion: number, path: string, line: number | null, problem: string): ReviewFinding => ({
  criterion: COMPONENT.acceptance_criteria[criterion] ?? '',
  path,
  line,
  problem,
});

// biome-ignore lint/suspicious/noExplicitAny: what a model has written may have any shape.
const load = (source: string): Promise<any> => import(`data:text/javascript,${encodeURIComponent(source)}`);

async function checkLimiter(files: ReadonlyMap<string, ShownFile>): Promise<ReviewFinding[]> {
  const path = 'src/limiter.js';
  const file = files.get(path);
  const { createLimiter } = await load(textOf(file));
  if (createLimiter === undefined) return [finding(0, path, lineOf(file, 'export'), 'It does not export createLimiter.')];
  let at = 0;
  const make = (capacity: number) => createLimiter({ capacity, perSecond: 1, now: () => at });
  try {
    make(1).take('a');
    if (createLimiter.length !== 1) throw new Error('more than one parameter');
  } catch {
    return [finding(0, path, lineOf(file, 'createLimiter'), 'createLimiter does not take one object.')];
  }
  const taking = (limiter: { take(key: string): boolean }, times: number, key = 'a'): number =>
    Array.from({ length: times }, () => limiter.take(key)).filter(Boolean).length;
  const found: ReviewFinding[] = [];
  const limiter = make(2);
  if (taking(limiter, 3) !== 2)
    found.push(finding(1, path, lineOf(file, 'return allowed') ?? lineOf(file, 'return true'), 'take never answers false.'));
  else {
    if (taking(limiter, 1, 'b') !== 1)
      found.push(finding(3, path, lineOf(file, 'buckets.get'), 'One key uses up the tokens of another.'));
    at += 1_000;
    const filled = taking(limiter, 3);
    at += 60_000;
    const full = taking(limiter, 9);
    if (filled !== 1 || full !== 2)
      found.push(finding(2, path, lineOf(file, 'tokens'), `After a second it has ${filled} tokens, after a minute ${full}.`));
  }
  return found;
}

async function checkServer(files: ReadonlyMap<string, ShownFile>): Promise<ReviewFinding[]> {
  const path = 'src/server.js';
  const file = files.get(path);
  // With a limiter that refuses, and without what the request does not show.
  const source = textOf(file).replace(/^import .*$/gm, '');
  const { route } = await load(
    `const createLimiter = () => ({ take: (key) => key !== 'refused' }); const placeOrder = () => ({});\n${source}`,
  );
  const found: ReviewFinding[] = [];
  const order = (key: string) => route({ method: 'POST', path: '/orders', key, body: {} });
  const refused = order('refused');
  if (refused.status !== 429 || refused.headers?.['retry-after'] !== '1')
    found.push(
      finding(
        4,
        path,
        lineOf(file, 'limiter.take') ?? lineOf(file, '/orders'),
        `A refused order is answered ${JSON.stringify(refused)}.`,
      ),
    );
  const others = [order('a'), route({ method: 'GET', path: '/health' }), route({ method: 'GET', path: '/' })].map(
    (answer) => answer.status,
  );
  if (JSON.stringify(others) !== '[201,200,404]')
    found.push(finding(6, path, lineOf(file, 'health'), `The other routes answer ${others.join(', ')}.`));
  return found;
}

function checkTest(files: ReadonlyMap<string, ShownFile>): ReviewFinding[] {
  const path = 'test/limiter.test.js';
  const file = files.get(path);
  const text = textOf(file);
  if (/\b(?:test|it)\.(?:skip|todo)\(/.test(text)) return [finding(5, path, lineOf(file, '.skip('), 'The test is skipped.')];
  const asserted = text.match(/\bassert\.\w+\(/g)?.length ?? 0;
  return asserted >= 2 ? [] : [finding(5, path, lineOf(file, 'test('), 'The test calls the limiter and asserts nothing.')];
}
