import { describe, expect, test } from '@jest/globals';
import type { LoopPorts } from '../../src/agent/loop.ts';
import type { ChangeSet } from '../../src/domain/change/change-set.ts';
import { gitBlobId } from '../../src/domain/change/git-blob-id.ts';
import type { Json } from '../../src/domain/json.ts';
import { NO_USAGE } from '../../src/domain/model/usage.ts';
import { failure, success } from '../../src/domain/outcome.ts';
import { type ExecutionJob, findingsOn, implementComponent } from '../../src/executor/implement.ts';
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
const conversation = (...turns: Calls[]) => conversationOn({}, ...turns);

async function conversationOn(more: Partial<ExecutionJob>, ...turns: Calls[]) {
  const record: { name: string; value: string }[] = [];
  const run = (said: readonly Calls[], recorded: typeof record) => runOn({ ...job, ...more }, said, recorded);
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

async function runOn(on: ExecutionJob, turns: readonly Calls[], record: { name: string; value: string }[]) {
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
  return { ...(await implementComponent(on, ports)), requests };
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
  test('and is fixed', async () => {
    const { end, told, changes } = await conversation(
      finding,
      [finish()],
      [['overwrite_file', { path: 'src/limiter.js', content: 'x\n' }]],
      [finish('Fixed.')],
    );
    expect(told[2]?.[0]).toMatch(
      /- src\/limiter\.js has conflict markers, from line 1\.\n.*If anything is found then, the component stops/,
    );
    expect(end).toMatchObject({ kind: 'final', final: { kind: 'finished', summary: 'Fixed.' } });
    expect(changes.map(({ path }) => path)).toEqual(['src/limiter.js']);
  });

  test('or is the reason the component stops for, also when it is another finding', async () => {
    const { reason, requests } = await conversation([finish()], finding, [finish()], [finish()]);
    expect(reason).toContain('failed the output checks twice');
    expect(reason).toContain('- src/limiter.js has conflict markers, from line 1.');
    expect(requests).toHaveLength(3);
  });

  test('twice in one turn is once: the first was not read yet', async () => {
    const { end } = await conversation([finish(), finish()], [create('src/limiter.js')], [finish('Fixed.')]);
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
      'src/limiter.js is to be created by the plan, and is not there.',
    ]);
  });
});

describe('finish in one turn with other calls', () => {
  const blocker = { kind: 'impossible', plan_clause: 'one', evidence: 'src/server.js:1', proposal: 'two' };
  const limiter = create('src/limiter.js');

  test('ends it when they succeeded', async () => {
    const { end, requests } = await conversation([limiter, edit('a = 1'), finish()]);
    expect(end).toMatchObject({ kind: 'final', final: { kind: 'finished' } });
    expect(requests).toHaveLength(1);
  });

  test.each<[string, Calls[number]]>([
    ['an edit', edit('nothing like it')],
    ['a file out of scope', create('elsewhere.js')],
    ['a look at a file that is not there', ['read_file', { path: 'src/limits.js', from_line: null, to_line: null }]],
    ['a tool that does not exist', ['apply_patch', { patch: 'x' }]],
    ['a blocker that cannot be posted', ['flag_blocker', { ...blocker, evidence: `npm_${'aB3'.repeat(12)}` }]],
  ])('is not accepted while the model does not know that another one failed: %s', async (_, failed) => {
    const { end, told } = await conversation([limiter, failed, finish('Not true.')], [edit('a = 1')], [finish('True.')]);
    expect(told[1]?.[2]).toBe('Not accepted: another call of this turn failed. Read its answer, then call finish again.');
    expect(end).toMatchObject({ final: { summary: 'True.' } });
  });

  test('is not accepted ahead of other calls, which are answered', async () => {
    const { end, told, changes } = await conversation([limiter, finish('Half.'), edit('a = 1')], [finish('Both.')]);
    expect(told[1]).toEqual([
      'Created src/limiter.js.',
      'Not accepted: other calls of this turn came after it. Read their answers, then call finish again.',
      'Edited src/server.js: lines 1-1.',
    ]);
    expect(end).toMatchObject({ final: { summary: 'Both.' } });
    expect(changes.map(({ path }) => path)).toEqual(['src/limiter.js', 'src/server.js']);
  });

  test('does not use up the one time that findings go back, and is no mistake that counts', async () => {
    const turns = Array.from({ length: 3 }, (_, i): Calls => [create(`elsewhere/${i}.js`), finish()]);
    const { end, told } = await conversation(...turns, [finish()], [limiter], [finish('Fixed.')]);
    expect(told[4]?.[0]).toContain('This cannot be published yet');
    expect(end).toMatchObject({ final: { kind: 'finished', summary: 'Fixed.' } });
  });

  test('a blocker is accepted whatever else failed', async () => {
    const { end } = await conversation([limiter, edit('nothing like it'), ['flag_blocker', blocker], finish()]);
    expect(end).toMatchObject({ final: { kind: 'blocked' } });
  });
});

describe('the action that was approved', () => {
  const files = { 'src/a.js': 'const a = 1;\n', 'src/b.js': 'const b = 1;\n', 'src/c.js': 'const c = 1;\n' };
  const component = aComponent('limiter', {
    files: [
      { path: 'src/a.js', action: 'modify', change: 'use it' },
      { path: 'src/b.js', action: 'delete', change: 'not needed' },
      { path: 'src/d.js', action: 'create', change: 'new' },
    ],
  });
  const planned = (more: Partial<ExecutionJob> = {}): Partial<ExecutionJob> => ({
    component,
    snapshot: memorySnapshot(files),
    ...more,
  });
  const remove = (path: string): Calls[number] => ['delete_file', { path }];
  const rewrite = (path: string): Calls[number] => ['overwrite_file', { path, content: 'x\n' }];
  const move = (from: string, to: string): Calls[number] => ['move_file', { from, to }];

  test('is carried out', async () => {
    const { end, told } = await conversationOn(planned(), [rewrite('src/a.js'), move('src/b.js', 'src/d.js')], [finish()]);
    expect(told[1]).toEqual(['Overwrote src/a.js.', 'Moved src/b.js to src/d.js.']);
    expect(end).toMatchObject({ kind: 'final' });
  });

  test.each<[name: string, call: Calls[number], answer: RegExp]>([
    [
      'a file to be deleted is not written',
      rewrite('src/b.js'),
      /^src\/b\.js is to be deleted by the plan, not written\..*flag_blocker/,
    ],
    ['nor edited', ['edit_file', { path: 'src/b.js', old_text: '1', new_text: '2' }], /to be deleted by the plan, not written/],
    [
      'nothing is moved there',
      move('src/a.js', 'src/b.js'),
      /^src\/a\.js is to be modified by the plan, not deleted or moved away/,
    ],
    [
      'a file to be modified is not moved away',
      move('src/a.js', 'src/d.js'),
      /to be modified by the plan, not deleted or moved away/,
    ],
    [
      'one that is deleted has to come back',
      remove('src/a.js'),
      /^Deleted src\/a\.js\. src\/a\.js is to be modified .* Create it again before you finish\.$/,
    ],
  ])('%s', async (_, call, answer) => {
    const { told } = await conversationOn(planned(), [call]);
    expect(told[1]?.[0]).toMatch(answer);
  });

  test('the other way round is not published: the findings go back, and then it stops', async () => {
    const { reason, told } = await conversationOn(planned(), [remove('src/a.js'), create('src/d.js')], [finish()], [finish()]);
    expect(told[2]?.[0]).toContain('- src/a.js is to be modified by the plan, not deleted or moved away.');
    expect(told[2]?.[0]).toContain('- src/b.js is to be deleted by the plan, and is still there.');
    expect(reason).toContain('src/b.js is to be deleted by the plan, and is still there.');
  });

  test('what is deleted and created again was modified', async () => {
    const turn = [remove('src/a.js'), create('src/a.js', 'const a = 2;\n'), remove('src/b.js'), create('src/d.js')];
    expect((await conversationOn(planned(), turn, [finish()])).end).toMatchObject({ kind: 'final' });
  });

  test('a file to be created that is there already, or to be modified that is not, is not written', async () => {
    const late = memorySnapshot({ 'src/b.js': 'b\n', 'src/d.js': 'somebody else made it\n' });
    const { told } = await conversationOn(planned({ snapshot: late }), [
      rewrite('src/d.js'),
      create('src/a.js'),
      remove('src/d.js'),
    ]);
    expect(told[1]?.[0]).toContain('src/d.js is to be created by the plan, but it existed before.');
    expect(told[1]?.[1]).toContain('src/a.js is to be modified by the plan, but it did not exist before.');
    expect(told[1]?.[2]).toContain('src/d.js is to be created by the plan, but it existed before.');
  });

  test('on its own branch a component may go on with the file it has created, and not delete it', async () => {
    const branch = memorySnapshot({ 'src/a.js': 'a\n', 'src/d.js': 'd\n' });
    const revision = planned({ snapshot: branch, mayBeUnchanged: true, situation: 'Revise it.' });
    expect((await conversationOn(revision, [rewrite('src/d.js')], [finish()])).end).toMatchObject({ kind: 'final' });
    const deleted = await conversationOn(revision, [remove('src/d.js')], [finish()], [finish()]);
    expect(deleted.reason).toContain('src/d.js is to be created by the plan, not deleted.');
    const revived = await conversationOn(revision, [create('src/b.js')]);
    expect(revived.told[1]?.[0]).toContain('src/b.js is to be deleted by the plan, not written.');
  });

  test('what was undone before this attempt is not held against it', async () => {
    const given = [{ path: 'src/a.js', mode: '100644' as const, content: Buffer.from('const a = 3;\n') }];
    const againJob = planned({ given, mayBeUnchanged: true, situation: 'It was done before.' });
    const { end } = await conversationOn(againJob, [rewrite('src/a.js')], [finish()]);
    expect(end).toMatchObject({ kind: 'final' });
  });

  describe('where a change was there before, and nothing is acceptable', () => {
    const change = (path: string, content: string | null) => ({
      path,
      mode: '100644' as const,
      content: content === null ? null : Buffer.from(content),
    });
    const [made, modified, deleted] = [change('src/d.js', 'x\n'), change('src/a.js', 'a\n'), change('src/b.js', null)];
    const notThere = 'src/d.js is to be created by the plan, and is not there.';
    const stillThere = 'src/b.js is to be deleted by the plan, and is still there.';

    test.each<[string, given: ChangeSet, changes: ChangeSet, findings: string[]]>([
      ['it may stay as it is', [made, deleted], [made, deleted], []],
      ['what the plan creates may not go, though nothing else was done', [made], [], [notThere]],
      ['nor beside what stays', [modified, made], [modified], [notThere]],
      ['what the plan deletes may not come back', [made, deleted], [made], [stillThere]],
      ['nor may all of it', [made, deleted], [], [stillThere, notThere]],
      ['what was missing before is not held against it', [modified], [], []],
    ])('%s', async (_, given, changes, findings) => {
      const continued = { ...job, ...planned({ given, mayBeUnchanged: true }) };
      expect(await findingsOn(changes, continued)).toEqual(findings);
    });

    test('the finding goes back to the model', async () => {
      const continued = planned({ given: [made], mayBeUnchanged: true, situation: 'Review it.' });
      const { told, end } = await conversationOn(continued, [remove('src/d.js')], [finish()], [create('src/d.js')], [finish()]);
      expect(told[2]?.[0]).toContain(notThere);
      expect(end).toMatchObject({ kind: 'final' });
    });
  });

  test('extra paths are free', async () => {
    const extra = planned({ extraPaths: ['gen/**', 'src/c.js'] });
    const turn = [remove('src/c.js'), create('gen/x'), rewrite('src/a.js'), move('src/b.js', 'src/d.js')];
    expect((await conversationOn(extra, turn, [finish()])).end).toMatchObject({ kind: 'final' });
  });
});

describe('a write beyond the caps', () => {
  test('is refused when it is made, and the pull request says that something may be missing', async () => {
    const { end, told, changes } = await conversation(
      [create('src/limiter.js'), ...Array.from({ length: 3_000 }, (_, i) => create(`gen/${i}.txt`))],
      [finish('Made 3,000 files.')],
    );
    expect(told[1]?.[299]).toBe('Created gen/298.txt.');
    expect(told[1]?.[300]).toMatch(
      /^301 files would be changed; one component may change 300\. Nothing was written\..*flag_blocker/,
    );
    expect(changes).toHaveLength(300);
    expect(end).toMatchObject({
      final: { summary: expect.stringMatching(/^Made 3,000 files\.\n\nThis may be incomplete, .*: 301 files/) },
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

  test('but a success in between starts the count again, and one turn counts once', async () => {
    const failing = [edit('const'), edit('= 1'), edit(';')];
    const { end } = await conversation(failing, failing, [edit('a = 1', 'c = 1')], failing, failing, [
      create('src/limiter.js'),
      finish(),
    ]);
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
    expect(reason).toBe('the model repeated the same calls 6 times in a row: `read_file` src/server.js.');
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
      /the same 2 turns 4 times in a row: /,
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
    expect((await conversation(...turns, [create('src/limiter.js'), finish()])).end).toMatchObject({ kind: 'final' });
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
