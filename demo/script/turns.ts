import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScriptedTurn } from '../../test/support/models/scripted-turn.ts';
import { DRAFT_PLAN, PLAN, UNSOUND_PLAN } from './plan.ts';

type Call = NonNullable<ScriptedTurn['calls']>[number];

const read = (path: string): Call => ({ name: 'read_file', input: { path, from_line: null, to_line: null } });
const edit = (path: string, old_text: string, new_text: string): Call => ({
  name: 'edit_file',
  input: { path, old_text, new_text },
});
/** What the executor writes into new files stands under demo/written/, as files one can read. */
const create = (path: string): Call => ({
  name: 'create_file',
  input: { path, content: readFileSync(join(import.meta.dirname, '../written', path), 'utf8') },
});
/** `evidence` is what shows each acceptance criterion, by its number in the plan. */
const finish = (summary: string, ...evidence: string[]): Call => ({
  name: 'finish',
  input: { summary: [summary, '', ...evidence.map((by, i) => `- [x] ${i + 1} (shown by ${by})`)].join('\n') },
});

/** So long a real model would take at least; it makes the timeline one that can be followed. Nothing waits for it. */
const latencyMs = 350;

export const PLANNER_TURNS: readonly ScriptedTurn[] = [
  {
    latencyMs,
    reasoning: 'AGENTS.md asks for no dependencies and for time to be passed in. First see how requests are handled.',
    calls: [{ name: 'list_files', input: { path: '', glob: null } }, read('src/app.js'), read('src/server.js')],
  },
  {
    latencyMs,
    reasoning:
      'createApp takes its parts as arguments, so a limiter can be one more. Does anything read the address of a client already, and how are answers tested?',
    calls: [{ name: 'search', input: { pattern: 'remoteAddress|forwarded', regex: true, path: null } }, read('test/app.test.js')],
  },
  {
    latencyMs,
    reasoning:
      'Nothing does. The bucket and the key are independent and worth testing without HTTP; joining them is the third part. Entries of X-Forwarded-For must be counted from the right, or the limit can be walked around with a header.',
    calls: [{ name: 'submit_plan', input: UNSOUND_PLAN }],
  },
  {
    latencyMs,
    reasoning:
      'Both independent parts would touch README.md. The settings arrive with limit-links, so that is where the README belongs.',
    calls: [{ name: 'submit_plan', input: DRAFT_PLAN }],
  },
  {
    latencyMs,
    reasoning:
      'What I have not said: a wrong TRUSTED_PROXIES is the likeliest mistake of all. Too low and everybody is one client, too high and keys can be forged; the README must say which number production needs. Why buckets are forgotten instead of swept deserves a line as well.',
    calls: [{ name: 'submit_plan', input: PLAN }],
  },
];

/** The turn of client-key during which the story cancels and resumes, counted from 0. */
export const CLIENT_KEY_INTERRUPTED_TURN = 2;

/** The turn of limit-links during which the bot is killed, counted from 0. */
export const LIMIT_LINKS_KILLED_TURN = 2;

export const EXECUTOR_TURNS: Readonly<Record<string, readonly ScriptedTurn[]>> = {
  'token-bucket': [
    { latencyMs, calls: [read('src/links.js'), read('test/links.test.js')] },
    { latencyMs, calls: [create('src/limit/token-bucket.js')] },
    { latencyMs, calls: [create('test/token-bucket.test.js')] },
    {
      latencyMs,
      calls: [
        finish(
          'Added `createBuckets` with a test for each acceptance criterion. A bucket is two numbers (tokens, time of last use) in a Map whose order of insertion tells which was used longest ago.',
          ...['the whole burst', 'costs nothing', 'set back', 'the oldest is forgotten'].map(
            (name) => `\`test/token-bucket.test.js\`, "${name}"`,
          ),
        ),
      ],
    },
  ],
  'client-key': [
    { latencyMs, calls: [read('src/app.js'), read('test/links.test.js')] },
    { latencyMs, calls: [create('src/limit/client-key.js')] },
    { latencyMs, calls: [create('test/client-key.test.js')] },
    {
      latencyMs,
      calls: [
        finish(
          'Added `clientKey` and its tests. Addresses are checked with `node:net`; a header entry that is no address falls back to the socket, so nothing a client writes becomes a key.',
          ...['behind one proxy', 'one /64', 'falls back'].map((name) => `\`test/client-key.test.js\`, "${name}"`),
        ),
      ],
    },
  ],
  'limit-links': [
    {
      latencyMs,
      calls: [
        read('src/app.js'),
        read('src/server.js'),
        read('README.md'),
        read('src/limit/token-bucket.js'),
        read('src/limit/client-key.js'),
      ],
    },
    {
      latencyMs,
      calls: [
        create('src/limit/link-limiter.js'),
        edit(
          'src/app.js',
          '/** The request handler: `POST /links` makes a short link, `GET /SLUG` follows one. */\nexport function createApp({ links, baseUrl }) {',
          'const unlimited = () => ({ ok: true });\n\n/** The request handler: `POST /links` makes a short link if `limiter` allows it, `GET /SLUG` follows one. */\nexport function createApp({ links, baseUrl, limiter = unlimited }) {',
        ),
        edit(
          'src/app.js',
          '  async function addLink(request, response) {\n    const body',
          `  async function addLink(request, response) {
    const { ok, retryAfterSeconds } = limiter(request);
    if (!ok) return refuse(retryAfterSeconds, response);
    const body`,
        ),
        edit(
          'src/app.js',
          '  function follow(slug, response) {',
          `  function refuse(seconds, response) {
    const headers = { 'retry-after': String(seconds) };
    return send(response, 429, { error: 'too_many_links', retry_after_seconds: seconds }, headers);
  }

  function follow(slug, response) {`,
        ),
        edit(
          'src/server.js',
          "import { createLinks } from './links.js';\n",
          "import { linkLimiter } from './limit/link-limiter.js';\nimport { createBuckets } from './limit/token-bucket.js';\nimport { createLinks } from './links.js';\n",
        ),
        edit(
          'src/server.js',
          'createServer(createApp({ links: createLinks(), baseUrl })).listen(',
          `const limiter = linkLimiter({
  buckets: createBuckets({
    capacity: Number(process.env.LIMIT_BURST ?? 20),
    refillPerSecond: Number(process.env.LIMIT_PER_MINUTE ?? 10) / 60,
  }),
  trustedProxies: Number(process.env.TRUSTED_PROXIES ?? 0),
  now: Date.now,
});

createServer(createApp({ links: createLinks(), baseUrl, limiter })).listen(`,
        ),
      ],
    },
    {
      latencyMs,
      // Out of its component: refused by the tool, whatever the model thinks of it.
      calls: [edit('package.json', '"version": "1.4.0"', '"version": "1.5.0"'), create('test/limit.test.js')],
    },
    {
      latencyMs,
      calls: [
        edit(
          'README.md',
          '| `GET /SLUG` | 302',
          '| too many of them from one client | 429 `{ "error": "too_many_links", "retry_after_seconds": N }` and `Retry-After: N` |\n| `GET /SLUG` | 302',
        ),
        edit(
          'README.md',
          '| `BASE_URL` | `http://localhost:PORT` | what short links begin with |\n',
          '| `BASE_URL` | `http://localhost:PORT` | what short links begin with |\n| `LIMIT_BURST` | `20` | links one client may make at once |\n| `LIMIT_PER_MINUTE` | `10` | links one client may make in the long run |\n| `TRUSTED_PROXIES` | `0` | how many proxies append to `X-Forwarded-For` |\n',
        ),
        edit(
          'README.md',
          "In production hop runs behind one nginx, which appends the client's address to `X-Forwarded-For`.",
          "In production hop runs behind one nginx, which appends the client's address to `X-Forwarded-For`: set `TRUSTED_PROXIES=1` there.\nWith 0 everybody would be one client; with more than there are, a client could choose whom it is counted as.",
        ),
      ],
    },
    {
      latencyMs,
      calls: [
        finish(
          'Put the limiter in front of `POST /links`, built from three settings in `src/server.js`, and wrote both down in the README. The limit is tested over HTTP with a clock of its own. The version in `package.json` is not part of this component and stays.',
          '`test/limit.test.js`, "with the time to wait"',
          '`test/limit.test.js`, "other clients notice nothing"',
          '`README.md`',
          '`test/app.test.js`, which is unchanged',
        ),
      ],
    },
  ],
};
