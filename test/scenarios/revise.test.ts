import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { git } from '../support/github/git-command.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { anOpenPull } from '../support/reviewed-pull.ts';
import { replies, type Scene } from '../support/scenes.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

/** What a conversation began with. */
const opening = ({ requests }: { readonly requests: readonly SeenRequest[] }): string => saidTo(requests[0] as SeenRequest);
/** Stops the executor's first answer to a request with this text. */
const holdAt = (task: Scene, text: string) =>
  stage.models.hold({ when: (r) => saidTo(r).includes(task.plan.title) && saidTo(r).includes(text) });

const finish = (summary: string) => ({ name: 'finish', input: { summary } });
const to = (value: number, summary: string) => [
  {
    calls: [{ name: 'edit_file', input: { path: 'src/limiter.js', old_text: 'limiter = true', new_text: `limiter = ${value}` } }],
  },
  { calls: [finish(summary)] },
];

describe('/revise', () => {
  it.concurrent('addresses its notes; to change nothing is an answer, too', async () => {
    const task = await anOpenPull(stage);
    const script = task.executorDoes('limiter', [{ calls: [finish('1. It is: nothing to change.')] }]);
    await task.reacted(await task.comment('wanda', '/revise Is it exported?\nLook twice.', task.number), 'rocket');
    expect(await task.account()).toContain('@wanda, nothing was changed:');
    await task.componentsAre('1 open');
    expect((await task.pull('limiter')).head).toBe(task.head);
    expect(opening(script)).toContain('Is it exported?\nLook twice.');

    // With nothing new to say no model is asked.
    await task.reacted(await task.comment('wanda', '/planwright revise', task.number), 'rocket');
    const said = (text: string) => async () => (await replies(task, task.number)).some((r) => r.includes(text));
    await stage.github.until('a word', said('nothing new to address'));
    await task.componentsAre('1 open');
    expect(script.requests).toHaveLength(1);
  });

  it.concurrent('takes up what is unresolved, and of the reviews what is new', async () => {
    const task = await anOpenPull(stage);
    await task.review('wanda', 'COMMENT', 'First words.', [2, 'Make it 30.'], [1, 'Settled already.']);
    await task.resolve('Settled already.');
    task.executorDoes('limiter', to(30, '1. Noted.\n2. Done.'));
    await task.comment('wanda', '/revise', task.number);
    await task.account();
    await task.componentsAre('1 open');

    await task.review('olga', 'COMMENT', 'Second words.', [1, 'And this?']);
    const second = task.executorDoes('limiter', [{ calls: [finish('1. Noted.\n2. That is the path.')] }]);
    await task.comment('wanda', '/revise', task.number);
    await task.account(1);
    await task.componentsAre('1 open');
    expect(opening(second)).toContain('Second words.');
    expect(opening(second)).toContain('3. On src/limiter.js, line 2 as it was; it has changed since. You answered this before');
    expect(opening(second)).not.toMatch(/First words|Settled already/);
    expect(await task.threads()).toEqual({
      'Settled already.': [],
      'Make it 30.': [expect.stringContaining('Done.')],
      'And this?': [expect.stringContaining('That is the path.')],
    });
  });

  it.concurrent('while the component is worked on is kept, two requests as one, and begun with afterwards', async () => {
    const task = await anOpenPull(stage);
    task.executorDoes('limiter', [{ calls: [finish('1. Yes.')] }]);
    const first = holdAt(task, 'The first thing.');
    await task.comment('wanda', '/revise The first thing.', task.number);
    await first.reached;
    const next = task.executorDoes('limiter', to(31, '1. 31 it is.'));
    for (const text of ['/revise The second thing.', '/revise The third thing.'])
      await task.reacted(await task.comment('olga', text, task.number), 'rocket');
    expect((await replies(task, task.number)).filter((r) => r.includes('is being worked on'))).toHaveLength(2);
    first.release();
    await task.account(1);
    await task.componentsAre('1 open');
    expect(opening(next)).toContain('The second thing.\n\nThe third thing.');
    expect(opening(next)).not.toContain('The first thing.');
    expect(next.requests).toHaveLength(2);
    const { head } = await task.pull('limiter');
    const commits = await git(stage.github.gitDir(task.repository.fullName), ['rev-list', '--count', `main..${head}`]);
    expect(commits.trim()).toBe('2');
  });

  it.concurrent('starts again from what a person has pushed meanwhile', async () => {
    const task = await anOpenPull(stage);
    const script = task.executorDoes('limiter', to(30, '1. 30 it is.'));
    const first = holdAt(task, 'Make it 30.');
    await task.comment('wanda', '/revise Make it 30.', task.number);
    await first.reached;
    const { branch } = await task.pull('limiter');
    await stage.github.as('wanda').rest.repos.createOrUpdateFileContents({
      owner: task.repository.owner,
      repo: task.repository.name,
      path: 'src/by-wanda.js',
      branch,
      message: 'Mine',
      content: Buffer.from('// mine\n').toString('base64'),
    });
    const pushed = (await task.pull('limiter')).head;
    first.release();
    await task.account();
    await task.componentsAre('1 open');
    const { head } = await task.pull('limiter');
    const parent = await git(stage.github.gitDir(task.repository.fullName), ['rev-parse', `${head}^`]);
    expect(parent.trim()).toBe(pushed);
    expect(script.requests.map((r) => r.turn)).toEqual([0, 1, 0, 1]);
    expect(await replies(task, task.number)).toHaveLength(1);
  });

  it.concurrent('is told where it belongs on the issue and on the plan', async () => {
    const task = await anOpenPull(stage);
    for (const on of [task.issue, (await task.pull('plan')).number]) {
      await task.reacted(await task.comment('wanda', '/revise please', on), 'confused');
      expect((await replies(task, on)).at(-1)).toContain(`Open now: #${task.number} (\`limiter\`)`);
    }
  });

  it.concurrent('that breaks off leaves the pull request as it was, says so, and is tried again with what it was asked', async () => {
    const task = await anOpenPull(stage);
    await task.review('wanda', 'COMMENT', '', [2, 'Make it 30.']);
    task.executorDoes('limiter', [{ text: 'No.' }, { text: 'No.' }, { text: 'No.' }, { text: 'No.' }]);
    await task.comment('wanda', '/revise Mind the case.', task.number);
    const said = await stage.github.until('a word', async () => (await replies(task, task.number))[0]);
    expect(said).toMatch(/^The revision stopped: the model gave nothing usable after 3 corrections/);
    expect(said).toContain('The pull request was not changed.');
    await task.componentsAre('1 open');
    expect((await task.pull('limiter')).head).toBe(task.head);
    expect(await task.threads()).toEqual({ 'Make it 30.': [] });

    const again = task.executorDoes('limiter', to(30, '1. Minded.\n2. Done.'));
    await task.comment('wanda', '/revise', task.number);
    await task.account();
    await task.componentsAre('1 open');
    expect(opening(again)).toContain('Mind the case.');
    expect(await task.threads()).toEqual({ 'Make it 30.': [expect.stringContaining('Done.')] });
  });

  it.concurrent('that /cancel stops is gone on with by /execute', async () => {
    const task = await anOpenPull(stage);
    task.executorDoes('limiter', [{ calls: [finish('1. Yes.')] }]);
    const first = holdAt(task, 'Is it so?');
    await task.comment('wanda', '/revise Is it so?', task.number);
    await first.reached;
    await task.comment('wanda', '/cancel', task.number);
    await task.statusIs('cancelled');
    first.release();
    await task.settled();
    expect(await replies(task, task.number)).toEqual([]);
    await task.comment('wanda', '/execute');
    expect(await task.account()).toContain('1. Yes.');
  });
});
