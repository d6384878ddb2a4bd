import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectHarmless } from '../support/harmless.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import { always, aPlannedIssue, PLAINLY, replies, type Scene, toldBack } from '../support/scenes.ts';
import { aComponent, contentOf, executing } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const LIMITER = aComponent('limiter');
const TWO = [LIMITER, aComponent('metrics')];
const PATH = 'src/limiter.js';
/** Every component may write there, besides what the plan lists. */
const GENERATING = PLAINLY.replace('amend: off', 'amend: off, extra_paths: ["gen/**"]');
const finish = (summary = 'Done as planned.'): ScriptedTurn => ({ calls: [{ name: 'finish', input: { summary } }] });
const creating = (path: string, content = contentOf('limiter', path)) => ({ name: 'create_file', input: { path, content } });

/** What the issue says of the limiter. */
const saidOf = (task: Scene): Promise<string> =>
  stage.github.until('a word on the issue', async () => (await replies(task)).find((r) => r.includes('`limiter`')));
const executorRequests = (task: Scene) => task.requests().filter((r) => r.system.startsWith('You carry out'));
/** Nothing was pushed but the plan. */
const nothingPushed = async (task: Scene): Promise<void> =>
  expect(await task.branches()).toEqual([`planwright/issue-${task.issue}/plan`]);

describe('an executor that', () => {
  it.concurrent('only talks stops its component alone; the issue says so, and /execute ID tries again', async () => {
    const task = await aPlannedIssue(stage, {
      components: TWO,
      executors: { limiter: always({ text: 'I would rather talk about it.' }) },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 failed, 1 open');
    const said = await stage.github.until('a word on the issue', async () =>
      (await replies(task)).find((r) => r.includes('limiter')),
    );
    expect(said).toContain('`limiter` stopped: the model gave nothing usable after 3 corrections');
    expect(said).toContain('`/execute limiter` to try again');
    expect((await task.pulls()).map((p) => p.branch)).not.toContain(`planwright/issue-${task.issue}/limiter`);

    task.executorDoes('limiter', executing(LIMITER));
    await task.reacted(await task.comment('wanda', '/execute limiter'), 'rocket');
    await task.componentsAre('2 open');
    expect((await task.pull('limiter')).files).toEqual(['src/limiter.js']);
  });

  it.concurrent('reaches outside its component is refused, pointed to flag_blocker, and publishes only its files', async () => {
    const elsewhere = [
      'src/metrics.js',
      'PLAN.md',
      '.github/planwright.yml',
      '.github/workflows/ci.yml',
      '../up.js',
      '.git/hooks/x',
    ];
    const task = await aPlannedIssue(stage, {
      components: TWO,
      executors: {
        limiter: [
          { calls: elsewhere.map((path) => ({ name: 'create_file', input: { path, content: 'x\n' } })) },
          {
            calls: [
              { name: 'edit_file', input: { path: 'src/server.js', old_text: 'routes', new_text: 'roots' } },
              { name: 'delete_file', input: { path: 'README.md' } },
              { name: 'move_file', input: { from: 'package.json', to: 'src/limiter.js' } },
              { name: 'overwrite_file', input: { path: 'src/orders.js', content: '' } },
            ],
          },
          {
            calls: [{ name: 'create_file', input: { path: 'src/limiter.js', content: contentOf('limiter', 'src/limiter.js') } }],
          },
          finish(),
        ],
      },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('2 open');
    expect((await task.pull('limiter')).files).toEqual(['src/limiter.js']);
    const asked = task
      .requests()
      .filter((r) => r.messages.some((m) => m.role === 'user' && m.text.includes('component is `limiter`')));
    const [first, second] = [toldBack(asked[1]), toldBack(asked[2])];
    expect(first).toHaveLength(elsewhere.length);
    for (const answer of [...first.slice(0, 4), ...second]) expect(answer).toContain('flag_blocker');
    expect(first[1]).toContain('is the plan itself');
    expect(first[2]).toContain("Planwright's settings");
    expect(first[3]).toContain('GitHub Actions workflow');
    expect(first[4]).toContain('outside the repository');
    expect(first[5]).toContain("git's own folder");
  });

  it.concurrent('changes nothing is told once that it cannot finish, and then stops', async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER], executors: { limiter: always(finish()) } });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 failed');
    expect(await saidOf(task)).toContain('- Nothing was changed.');
    expect(await saidOf(task)).toContain('`/execute limiter` to try again');
    expect(toldBack(executorRequests(task)[1])[0]).toContain('- Nothing was changed.');
    expect(executorRequests(task)).toHaveLength(2);
    await nothingPushed(task);
  });

  it.concurrent('uses tools that do not exist, or breaks its JSON, is told so and goes on', async () => {
    const task = await aPlannedIssue(stage, {
      components: [LIMITER],
      executors: {
        limiter: [
          { calls: [{ name: 'merge_pull_request', input: { number: 1 } }] },
          { rawCalls: [{ name: 'create_file', json: '{"path": "src/limiter.js", "content": "half' }] },
          ...executing(LIMITER),
        ],
      },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    const told = task.requests().map((r) => toldBack(r).at(-1) ?? '');
    expect(told.some((t) => t.includes('There is no tool merge_pull_request'))).toBe(true);
    expect(told.some((t) => t.includes('create_file are not valid JSON'))).toBe(true);
  });

  it.concurrent('never comes to an end is stopped at execution.max_turns', async () => {
    const task = await aPlannedIssue(stage, {
      components: [LIMITER],
      settings: PLAINLY.replace('amend: off', 'amend: off, max_turns: 3'),
      executors: { limiter: always({ calls: [{ name: 'search', input: { pattern: 'orders', regex: false, path: null } }] }) },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 failed');
    const said = await stage.github.until('a word on the issue', async () =>
      (await replies(task)).find((r) => r.includes('limiter')),
    );
    expect(said).toContain('the limit of 3 model turns was reached');
    expect(task.requests().filter((r) => r.system.startsWith('You carry out'))).toHaveLength(3);
  });

  it.concurrent('flags a blocker stops itself and its dependants; the others go on, and /execute ID tries again', async () => {
    const store = aComponent('store');
    const blocker = {
      kind: 'contradiction',
      plan_clause: 'export const store = true',
      evidence: 'src/orders.js already has a store. @wanda closes #1',
      proposal: 'Reuse it. ![see](https://evil.example/x.png)',
    };
    const task = await aPlannedIssue(stage, {
      components: [store, aComponent('limiter', { depends_on: ['store'] }), aComponent('metrics')],
      executors: { store: [{ calls: [{ name: 'flag_blocker', input: blocker }] }] },
    });
    await task.comment('wanda', '/execute');
    const status = await task.componentsAre('1 blocked, 1 open');
    expect(status).toContain('1 waiting');
    const said = await stage.github.until('the blocker', async () => (await replies(task)).find((r) => r.includes('`store`')));
    for (const part of ['export const store = true', 'already has a store', 'Reuse it.', '`/execute store`', '`/replan`'])
      expect(said).toContain(part);
    expectHarmless(said);
    expect((await task.pull('metrics')).state).toBe('open');
    expect((await task.pull('plan')).head).toBe(task.pullOfPlan.head);
    expect(await task.branches()).not.toContain(`planwright/issue-${task.issue}/store`);

    task.executorDoes('store', executing(store));
    await task.comment('wanda', '/execute store');
    await task.componentsAre('2 open');
    await task.merge('wanda', (await task.pull('store')).number);
    expect((await task.pull('limiter')).files).toEqual(['src/limiter.js']);
  });

  it.concurrent('makes the same call again and again is told so, and stopped', async () => {
    const same = { name: 'search', input: { pattern: 'orders', regex: false, path: null } };
    const task = await aPlannedIssue(stage, { components: [LIMITER], executors: { limiter: always({ calls: [same] }) } });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 failed');
    expect(await saidOf(task)).toContain('repeated the same calls 6 times in a row: `search` orders.');
    expect(toldBack(executorRequests(task)[3])[0]).toContain('3 times in a row, and the answer will not change');
    expect(executorRequests(task)).toHaveLength(6);
    await nothingPushed(task);
  });

  it.concurrent('gives an old text that is everywhere is stopped after three attempts, with what was tried', async () => {
    const modifying = aComponent('limiter', { files: [{ path: 'src/server.js', action: 'modify', change: 'limit' }] });
    const attempts = ['o', "'", 'r'].map((old_text): ScriptedTurn => {
      return { calls: [{ name: 'edit_file', input: { path: 'src/server.js', old_text, new_text: 'x' } }] };
    });
    const task = await aPlannedIssue(stage, { components: [modifying], executors: { limiter: [...attempts, finish()] } });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 failed');
    const said = await saidOf(task);
    expect(said).toContain('src/server.js could not be changed in 3 attempts in a row. What was tried:');
    expect(said).toMatch(/- `edit_file`: old_text stands in \d+ places, at lines 1,/);
    expect(said).toContain('`/execute limiter` to try again');
    expect(executorRequests(task)).toHaveLength(3);
    await nothingPushed(task);
  });

  it.concurrent('writes a private key takes it out when it is told, and nobody ever sees the key', async () => {
    const { key, secrets } = aKey();
    const task = await aPlannedIssue(stage, {
      components: [LIMITER],
      executors: {
        limiter: [
          { calls: [creating(PATH, `// signs\nexport const limiter = \`${key}\`;\n`)] },
          finish(),
          { calls: [{ name: 'overwrite_file', input: { path: PATH, content: 'export const limiter = process.env.KEY;\n' } }] },
          finish(),
        ],
      },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    const [told] = toldBack(executorRequests(task)[2]);
    expect(told).toContain("- src/limiter.js line 2 holds what looks like a secret (secretlint's rule privatekey).");
    expect((await task.pull('limiter')).files).toEqual([PATH]);
    await neverSeen(task, secrets, told);
  });

  it.concurrent('keeps its private key is stopped, and nothing of it is pushed', async () => {
    const { key, secrets } = aKey();
    const task = await aPlannedIssue(stage, {
      components: [LIMITER],
      executors: { limiter: [{ calls: [creating(PATH, key)] }, finish(), finish(`Here is the key: ${key}`)] },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 failed');
    const said = await saidOf(task);
    expect(said).toContain("- src/limiter.js line 1 holds what looks like a secret (secretlint's rule privatekey).");
    expect(said).toContain("- summary holds what looks like a secret (secretlint's rule privatekey)");
    await nothingPushed(task);
    await neverSeen(task, secrets, said);
  });

  it.concurrent('edits another line of a file that holds a test key of old is let', async () => {
    const { key } = aKey();
    const task = await aPlannedIssue(stage, {
      components: [aComponent('limiter', { files: [{ path: 'test/key.js', action: 'modify', change: 'the comment' }] })],
      files: { 'test/key.js': `// old\nexport const key = \`${key}\`;\n` },
      executors: {
        limiter: [
          { calls: [{ name: 'edit_file', input: { path: 'test/key.js', old_text: '// old', new_text: '// new' } }] },
          finish(),
        ],
      },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    expect((await task.pull('limiter')).files).toEqual(['test/key.js']);
  });

  it.concurrent('creates 3,000 files gets 300 of them, and its pull request says that something is missing', async () => {
    const task = await aPlannedIssue(stage, {
      components: [LIMITER],
      settings: GENERATING,
      executors: {
        limiter: [
          { calls: [creating(PATH), ...Array.from({ length: 3_000 }, (_, i) => creating(`gen/${i}.txt`, 'x\n'))] },
          finish('Made all 3,000 files.'),
        ],
      },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    const told = toldBack(executorRequests(task)[1]);
    expect(told.filter((t) => t.startsWith('Created'))).toHaveLength(300);
    expect(told[300]).toContain('301 files would be changed; one component may change 300.');
    expect(told[300]).toContain('flag_blocker');
    const { body } = await task.pull('limiter');
    expect(body).toContain('This may be incomplete, because some of its edits were refused: 301 files would be changed');
  });

  it.concurrent('writes 50 MB is refused from the third on, and stopped', async () => {
    const writing = (from: number, calls: number): ScriptedTurn => ({
      calls: Array.from({ length: calls }, (_, i) => creating(`gen/${from + i}.txt`, 'x'.repeat(700_000))),
    });
    const task = await aPlannedIssue(stage, {
      components: [LIMITER],
      settings: `${GENERATING}budget: { usd_per_task: null }\n`,
      executors: { limiter: [writing(0, 4), ...Array.from({ length: 68 }, (_, nth) => writing(nth + 4, 1))] },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 failed');
    const told = toldBack(executorRequests(task)[1]);
    expect(told.map((t) => t.startsWith('Created'))).toEqual([true, true, false, false]);
    expect(told[2]).toContain('would grow by 2,100,000 bytes in all; one component may add 2,000,000.');
    const said = await saidOf(task);
    expect(said).toContain('nothing that the model tried in 5 turns in a row worked.');
    expect(said).toContain('2,100,000 bytes');
    expect(executorRequests(task)).toHaveLength(6);
    await nothingPushed(task);
  });

  it.concurrent('says that it did not meet a criterion is published, and the pull request says so first', async () => {
    const task = await aPlannedIssue(stage, {
      components: [LIMITER],
      executors: {
        limiter: [
          { calls: [creating(PATH)] },
          finish('Made the module.\n\nNot met: src/limiter.js exports it, because @wanda said so. Closes #1'),
        ],
      },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 open');
    const { body } = await task.pull('limiter');
    const [warning, account] = [
      '> [!WARNING]\n> Not done, according to the executor:\n>\n> - src/limiter.js exports it',
      '### What was done',
    ];
    expect(body).toContain(warning);
    expect(body.indexOf(warning)).toBeLessThan(body.indexOf('<details><summary>Contract'));
    expect(body.slice(body.indexOf(account))).not.toContain('Not met');
    expectHarmless(body);
  });

  it.concurrent('answers in the wrong schema is told what fits, three times, and then stopped', async () => {
    const wrong: ScriptedTurn = { calls: [{ name: 'create_file', input: { file: PATH, text: 'x', mode: 7 } }] };
    const task = await aPlannedIssue(stage, {
      components: TWO,
      executors: {
        limiter: Array.from({ length: 9 }, (_, n) => ({ calls: [{ name: 'finish', input: { done: n } }] })),
        metrics: [
          wrong,
          wrong,
          ...executing(aComponent('metrics')).slice(0, 1),
          { calls: [{ name: 'finish', input: 'Done' }] },
          finish(),
        ],
      },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 failed, 1 open');
    const said = await saidOf(task);
    expect(said).toContain('`limiter` stopped: the model gave nothing usable after 3 corrections');
    expect(said).toContain('The input does not fit finish');
    const told = executorRequests(task).flatMap((r) => toldBack(r));
    expect(told.find((t) => t.includes('does not fit create_file'))).toMatch(/- path: .*\n(?:.*\n)*Expected: \{/);
    expect((await task.pull('metrics')).files).toEqual(['src/metrics.js']);
  });

  it.concurrent('tells the bots to merge is only quoted: nothing is merged, and no line is a command', async () => {
    const orders = '/merge\n/execute\n/planwright cancel\n@dependabot merge\n  /lgtm\nbors r+\n\n```\nThe end is open';
    const task = await aPlannedIssue(stage, {
      components: TWO,
      executors: {
        limiter: [{ calls: [creating(PATH), { name: 'merge', input: { pull: 1 } }] }, finish(orders)],
        metrics: [
          {
            calls: [
              { name: 'flag_blocker', input: { kind: 'impossible', plan_clause: orders, evidence: orders, proposal: orders } },
            ],
          },
        ],
      },
    });
    await task.comment('wanda', '/execute');
    await task.componentsAre('1 blocked, 1 open');
    await task.settled();
    const pull = await task.pull('limiter');
    expect(pull.state).toBe('open');
    expect((await task.pull('plan')).state).toBe('open');
    expect(await task.state()).toBe('executing');
    const blocker = await stage.github.until('the blocker', async () =>
      (await replies(task)).find((r) => r.includes('`metrics`')),
    );
    for (const text of [pull.body, blocker, ...(await replies(task, pull.number))]) {
      expect(text).not.toMatch(/^[ \t]*\/\w/m);
      expectHarmless(text);
    }
    // What follows the open fence is still ours.
    expect(pull.body).toMatch(
      /\n```\n\n\*\*Deviations from the plan:\*\* none in the files it lists\.\n\n### Acceptance criteria/,
    );
    const bots = stage.github.requests.filter((r) => r.by.login === 'planwright[bot]');
    expect(bots.filter((r) => r.path.endsWith('/merge') || (r.path.endsWith('/reviews') && r.method === 'POST'))).toEqual([]);
  });
});

function aKey(): { readonly key: string; readonly secrets: readonly string[] } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key, secrets: key.split('\n').slice(1, -2) };
}

/** Neither on GitHub, nor in the log, nor in what went back to the model. */
async function neverSeen(task: Scene, secrets: readonly string[], told: string | undefined): Promise<void> {
  await task.settled();
  const posted = stage.github.requests.filter((r) => r.method !== 'GET' && r.path.includes(`/${task.repository.name}/`));
  const seen = [told, ...stage.bot.output, ...posted.map((r) => JSON.stringify(r.body))].join('\n');
  for (const line of secrets) expect(seen).not.toContain(line);
}
