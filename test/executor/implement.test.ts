import { describe, expect, test } from '@jest/globals';
import type { LoopPorts } from '../../src/agent/loop.ts';
import type { ChangeSet } from '../../src/domain/change/change-set.ts';
import { gitBlobId } from '../../src/domain/change/git-blob-id.ts';
import type { Json } from '../../src/domain/json.ts';
import { NO_USAGE } from '../../src/domain/model/usage.ts';
import { failure, success } from '../../src/domain/outcome.ts';
import { findingsOn, implementComponent } from '../../src/executor/implement.ts';
import type { TurnRequest } from '../../src/ports/model.ts';
import { aComponent } from '../support/shop.ts';
import { aJob } from './a-job.ts';
import { memorySnapshot } from './memory-snapshot.ts';

type Calls = readonly (readonly [name: string, input: Json])[];

const snapshot = memorySnapshot({ 'src/server.js': 'const a = 1;\nconst b = 1;\n' });
const job = aJob({
  models: ['local/fast'],
  planFile: 'the plan',
  component: aComponent('limiter', {
    files: [
      { path: 'src/limiter.js', action: 'create', change: 'new' },
      { path: 'src/server.js', action: 'modify', change: 'use it' },
    ],
  }),
  snapshot,
  base: memorySnapshot({}),
  extraPaths: ['gen/**'],
});

/** What became of it, and the same after a kill behind every one of its steps: what is on record is neither asked nor done again. */
async function conversation(...turns: Calls[]) {
  const record: { name: string; value: string }[] = [];
  const whole = await run(turns, record);
  for (let kept = 1; kept <= record.length; kept++) {
    const again = await run(turns, record.slice(0, kept));
    expect([again.end, digests(again.changes)]).toEqual([whole.end, digests(whole.changes)]);
    expect(again.requests).toHaveLength(whole.requests.length - Math.min(kept, whole.requests.length));
  }
  const reason = whole.end.kind === 'failed' ? whole.end.reason : null;
  const told = whole.requests.map(({ messages }) => {
    const last = messages.at(-1);
    return last?.role === 'tools' ? last.results.map((r) => r.content) : [];
  });
  return { ...whole, reason, told };
}

async function run(turns: readonly Calls[], record: { name: string; value: string }[]) {
  const requests: TurnRequest[] = [];
  let step = 0;
  const ports: LoopPorts = {
    models: {
      async turn(request) {
        requests.push(request);
        const nth = request.messages.filter((m) => m.role === 'assistant').length;
        const said = turns[nth];
        if (!said) return failure({ kind: 'rejected', message: 'The script is over.' });
        const calls = said.map(([name, input], i) => ({ id: `call_${i}`, name, input }));
        return success({ model: 'local/fast', text: '', calls, stop: 'calls', usage: NO_USAGE, reasoning: null, replay: null });
      },
      knows: async () => 'unknown',
    },
    clock: { now: () => 0, sleep: async () => {} },
    priceOf: () => 0,
    async record<T>(name: string, act: () => Promise<T>): Promise<T> {
      const known = record[step];
      step += 1;
      if (known) return JSON.parse(known.value) as T;
      const value = await act();
      record.push({ name, value: JSON.stringify(value) });
      return value;
    },
  };
  return { ...(await implementComponent(job, ports)), requests };
}

/** Jest compares bytes one by one. */
const digests = (changes: ChangeSet) => changes.map(({ path, content }) => [path, content && gitBlobId(content)]);

const create = (path: string, content = 'x\n'): Calls[number] => ['create_file', { path, content }];
const edit = (old_text: string, new_text = 'c'): Calls[number] => ['edit_file', { path: 'src/server.js', old_text, new_text }];
const read: Calls[number] = ['read_file', { path: 'src/server.js', from_line: null, to_line: null }];
const finish = (summary = 'Done.'): Calls[number] => ['finish', { summary }];
const finding = [create('src/limiter.js', '<<<<<<< a\n=======\n>>>>>>> b\n')];
const again = (turn: Calls, times: number): Calls[] => Array.from({ length: times }, () => turn);

describe('what the gate finds goes back once', () => {
  test('and is mended', async () => {
    const { end, told, changes } = await conversation(
      finding,
      [finish()],
      [['overwrite_file', { path: 'src/limiter.js', content: 'x\n' }]],
      [finish('Mended.')],
    );
    expect(told[2]?.[0]).toMatch(
      /- src\/limiter\.js has conflict markers, from line 1\.\n.*If anything is found then, the component stops/,
    );
    expect(end).toMatchObject({ kind: 'final', final: { kind: 'finished', summary: 'Mended.' } });
    expect(changes.map(({ path }) => path)).toEqual(['src/limiter.js']);
  });

  test('or is the reason the component stops for, also when it is another finding', async () => {
    const { reason, requests } = await conversation([finish()], finding, [finish()], [finish()]);
    expect(reason).toContain('cannot be published');
    expect(reason).toContain('- src/limiter.js has conflict markers, from line 1.');
    expect(requests).toHaveLength(3);
  });

  test('twice in one turn is once: the first was not read yet', async () => {
    const { end } = await conversation([finish(), finish()], [create('src/limiter.js')], [finish('Mended.')]);
    expect(end).toMatchObject({ final: { kind: 'finished' } });
  });

  test('a secret in the summary is a finding; it is neither told nor kept', async () => {
    const token = `npm_${'aB3'.repeat(12)}`;
    const { reason, told } = await conversation([create('src/limiter.js')], [finish(`Use ${token}.`)], [finish(`Use ${token}!`)]);
    expect(reason).toContain("summary holds what looks like a secret (secretlint's rule npm)");
    expect(reason + told.join()).not.toContain(token);
  });

  test('and is asked again of the finished change set, by code that knows only that', async () => {
    const { changes } = await conversation(finding, [finish()], [finish()]);
    expect(await findingsOn(changes, job)).toEqual(['src/limiter.js has conflict markers, from line 1.']);
    expect(await findingsOn([{ path: 'PLAN.md', mode: '100644', content: Buffer.from('x') }], job)).toEqual([
      'PLAN.md is the plan itself, which is only changed by planning again.',
    ]);
  });
});

describe('a write beyond the caps', () => {
  test('is refused when it is made, and the pull request says that something may be missing', async () => {
    const { end, told, changes } = await conversation(
      Array.from({ length: 3_000 }, (_, i) => create(`gen/${i}.txt`)),
      [finish('Made 3,000 files.')],
    );
    expect(told[1]?.[299]).toBe('Created gen/299.txt.');
    expect(told[1]?.[300]).toMatch(
      /^301 files would be changed; one component may change 300\. Nothing was written\..*flag_blocker/,
    );
    expect(changes).toHaveLength(300);
    expect(end).toMatchObject({
      final: { summary: expect.stringMatching(/^Made 3,000 files\.\n\n.*may be incomplete: 301 files/) },
    });
  });

  test('of bytes too, in whatever way; what is kept stays small', async () => {
    const { told, changes } = await conversation(
      [create('gen/1.txt', 'x'.repeat(1_900_000)), create('gen/2.txt', 'x'.repeat(200_000))],
      [['edit_file', { path: 'gen/1.txt', old_text: 'x'.repeat(1_900_000), new_text: 'y'.repeat(2_100_000) }]],
      [['overwrite_file', { path: 'gen/1.txt', content: 'z'.repeat(2_100_000) }]],
      [['move_file', { from: 'gen/1.txt', to: 'gen/3.txt' }]],
    );
    expect(told[1]?.[1]).toContain('would grow by 2,100,000 bytes');
    expect(told[2]?.[0]).toContain('would grow by 2,100,000 bytes');
    expect(told[3]?.[0]).toContain('would grow by 2,100,000 bytes');
    expect(told[4]?.[0]).toContain('Moved');
    expect(changes.map(({ path, content }) => [path, content?.length])).toEqual([['gen/3.txt', 1_900_000]]);
  });
});

describe('three failures in a row on one file', () => {
  test('stop it with what was tried, whatever it does in between', async () => {
    const { reason } = await conversation(
      [edit('const')],
      [read],
      [create('src/limiter.js'), edit('= 1')],
      [read],
      [edit('nothing like it')],
      [finish()],
    );
    expect(reason).toBe(
      [
        'src/server.js could not be changed in 3 attempts in a row. What was tried:\n',
        '- `edit_file`: old_text stands in 2 places, at lines 1, 2. Nothing was changed; take in more lines around the one you mean.',
        '- `edit_file`: old_text was not found. Nothing was changed. Nothing like it is there; read the file again.',
      ].join('\n'),
    );
  });

  test('but a success in between begins anew, and one turn counts once', async () => {
    const failing = [edit('const'), edit('= 1'), edit(';')];
    const { end } = await conversation(failing, failing, [edit('a = 1', 'c = 1')], failing, failing, [finish()]);
    expect(end).toMatchObject({ kind: 'final' });
  });

  test('count for a file that must not be written, in whatever spelling', async () => {
    const { reason } = await conversation([create('PLAN.md')], [create('./PLAN.md')], [create('PLAN.md')]);
    expect(reason).toMatch(/^PLAN\.md could not be changed.*\n\n- `create_file`: PLAN\.md is the plan itself/);
  });
});

describe('a model that goes round in circles', () => {
  test('is told, and then stopped', async () => {
    const { reason, told } = await conversation(...again([read], 9));
    expect(told.map(([said]) => /exactly this (\d) times/.exec(said ?? '')?.[1] ?? null)).toEqual([
      null,
      null,
      null,
      '3',
      '4',
      '5',
    ]);
    expect(reason).toBe(
      'the model asked for the same 6 times in a row and learned nothing from the answer: `read_file` src/server.js.',
    );
  });

  test.each<[string, Calls[], number, RegExp]>([
    [
      'two turns',
      [[read], [['list_files', { path: 'src', glob: null }]]],
      8,
      /the same 2 turns 4 times .*: `read_file` src\/server\.js, `list_files` src\.$/,
    ],
    [
      'two edits that undo each other',
      [[edit('a = 1', 'a = 2')], [edit('a = 2', 'a = 1')]],
      8,
      /the same 2 turns 4 times in a row and learned nothing from the answers/,
    ],
    [
      'three turns',
      [[read], [['list_files', { path: 'src', glob: null }]], [['search', { pattern: 'a', regex: false, path: null }]]],
      12,
      /the same 3 turns 4 times/,
    ],
    ['two turns, one of which is refused', [[read], [create('PLAN.md')]], 6, /^PLAN\.md could not be changed in 3 attempts/],
  ])('or between %s', async (_, cycle, asked, expected) => {
    const { reason, told, requests } = await conversation(...Array.from({ length: 6 }, () => cycle).flat());
    expect(requests).toHaveLength(asked);
    expect(reason).toMatch(expected);
    if (asked > 6) expect(told.at(-1)?.[0]).toMatch(/You have now repeated the same \d turns 3 times in a row/);
  });

  test('is told of by what is short: a long text may be the beginning of a secret', async () => {
    const { reason } = await conversation(
      ...again([['search', { pattern: 'S'.repeat(99), regex: false, path: 'src' }], read], 9),
    );
    expect(reason).toMatch(/: `search` src, `read_file` src\/server\.js\.$/);
  });

  test('also with several calls at a time', async () => {
    expect((await conversation(...again([read, ['list_files', { path: '', glob: null }]], 9))).requests).toHaveLength(6);
  });

  test('is not one that looks again after an edit', async () => {
    const letters = ['a', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    const turns = letters.slice(1).flatMap((to, i): Calls[] => [[read], [edit(`const ${letters[i]} = 1`, `const ${to} = 1`)]]);
    expect((await conversation(...turns, [finish()])).end).toMatchObject({ kind: 'final' });
  });

  test('nor one that never does the same, but nothing works: it is stopped after five turns', async () => {
    const { reason, requests } = await conversation(
      ...Array.from({ length: 9 }, (_, i): Calls => [create(`elsewhere/${i}.js`), create(`elsewhere/${i}.ts`)]),
    );
    expect(requests).toHaveLength(5);
    expect(reason).toBe(
      'nothing that the model tried in 5 turns in a row worked. The last answer it got: elsewhere/4.ts is not among the files of component limiter. If the component cannot be built without it, call flag_blocker with kind out_of_scope.',
    );
  });
});

test('a blocker with a secret in it is not flagged before it is taken out', async () => {
  const blocker = {
    kind: 'contradiction',
    plan_clause: 'one',
    evidence: `postgres://app:hunter22@db.internal/x`,
    proposal: 'two',
  };
  const { end, told } = await conversation(
    [['flag_blocker', blocker]],
    [['flag_blocker', { ...blocker, evidence: 'config.js:3 holds a password' }]],
  );
  expect(told[1]?.[0]).toContain("evidence holds what looks like a secret (secretlint's rule database-connection-string)");
  expect(end).toMatchObject({ final: { kind: 'blocked', blocker: { evidence: 'config.js:3 holds a password' } } });
});
