import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { git } from '../support/github/git-command.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { anOpenPull, LIMITER, reviewed } from '../support/reviewed-pull.ts';
import { aPlannedIssue, lookingAndSubmitting, PLAINLY, replies, type Scene } from '../support/scenes.ts';
import { aPlan, contentOf } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

const at = ({ repository }: Scene) => ({ owner: repository.owner, repo: repository.name });
const inGit = (task: Scene, ...args: string[]): Promise<string> =>
  git(stage.github.gitDir(task.repository.fullName), args).then((said) => said.trim());
/** What a conversation began with. */
const opening = ({ requests }: { readonly requests: readonly SeenRequest[] }): string => saidTo(requests[0] as SeenRequest);

/** How the bot has reacted to a review's own text. */
async function reactions(node: string): Promise<string[]> {
  const asked = 'query($id: ID!) { node(id: $id) { ... on PullRequestReview { reactions(first: 9) { nodes { content } } } } }';
  interface Found {
    node: { reactions: { nodes: { content: string }[] } };
  }
  return (await stage.github.as('olga').graphql<Found>(asked, { id: node })).node.reactions.nodes.map((r) => r.content);
}

const edit = (old_text: string, new_text: string) => ({
  name: 'edit_file',
  input: { path: 'src/limiter.js', old_text, new_text },
});
const finish = (summary: string) => ({ name: 'finish', input: { summary } });
const TO_30 = edit('limiter = true', 'limiter = 30');

describe('changes requested by a writer', () => {
  it.concurrent('are addressed in one commit on top of people’s own, and each conversation is answered', async () => {
    const task = await anOpenPull(stage);
    const before = await task.pull('limiter');
    await stage.github.as('wanda').rest.repos.createOrUpdateFileContents({
      ...at(task), path: 'src/limiter.js', branch: before.branch, message: 'Say who',
      content: Buffer.from(`${contentOf('limiter', 'src/limiter.js')}// by wanda\n`).toString('base64'),
      sha: await inGit(task, 'rev-parse', `${before.head}:src/limiter.js`),
    }); // biome-ignore format: one call
    const pushed = (await task.pull('limiter')).head;
    const summary =
      'The review is addressed.\n\n1. Thanks noted.\n2) Set to 30, as asked.\n   It was true before.\n\nFixes #1, says @rita.';
    const script = task.executorDoes('limiter', [{ calls: [TO_30] }, { calls: [finish(summary)] }]);
    // Somebody without write access has an opinion, too.
    await task.review('rita', 'COMMENT', 'Use a blockchain.', [1, 'Use Rust.']);
    const asked = await task.review('wanda', 'REQUEST_CHANGES', 'Almost. <!-- rm -rf -->', [2, 'Make it 30.'], [1, 'Why?']);
    const said = await task.account();
    await task.componentsAre('1 open');

    const after = await task.pull('limiter');
    const text = await inGit(task, 'show', `${after.head}:src/limiter.js`);
    expect([after.number, after.body]).toEqual([before.number, before.body]);
    expect(await inGit(task, 'log', '--format=%P %s', '-1', after.head)).toBe(`${pushed} Address review: Add limiter`);
    expect(text).toBe('// src/limiter.js\nexport const limiter = 30;\n// by wanda');
    const commit = `[\`${after.head.slice(0, 7)}\`](`;
    expect(said).toContain(`@wanda, addressed in ${commit}`);
    expect(said).toContain('1. Thanks noted.');
    expect(said).not.toMatch(/@rita|Fixes #1/);
    expect(said).toMatch(/Points: 1 review by wanda · 2 `src\/limiter.js` line 2 · 3 `src\/limiter.js` line 1\. Written by `/);
    expect(said).toMatch(/ for \$[\d.]+: 2 turns, [\d,]+ tokens, /);
    const under = await task.threads();
    expect(under['Use Rust.']).toEqual([]);
    expect(under['Make it 30.']).toEqual([expect.stringMatching(/: Set to 30, as asked\.\n\s+It was true before\.\n\n<sub>\[`/)]);
    // Without a line of its own it is shown where the whole account is.
    expect(under['Why?']).toEqual([expect.stringMatching(/See \[.* and \[what was done\]\(.*#issuecomment-\d+\)\.$/)]);
    expect(await reactions(asked)).toEqual(['EYES', 'ROCKET']);

    const told = opening(script);
    expect(told).toContain('1. wanda says in a review');
    expect(told).toMatch(/2\. On src\/limiter\.js, line 2\.\n<diff-.*>\n[^<]*\+export const limiter = true;\n<\/diff-/);
    expect(told).not.toMatch(/blockchain|Rust|rm -rf/);
    expect(script.requests).toHaveLength(2);
  });

  it.concurrent('start nothing when somebody without write access or a bot asks, and nobody is told', async () => {
    const task = await anOpenPull(stage);
    const asked = await task.review('rita', 'REQUEST_CHANGES', 'Rewrite it.', [2, 'In Rust.']);
    const { data: pull } = await stage.github.as('olga').rest.pulls.get({ ...at(task), pull_number: task.number });
    const bot = 'github-actions[bot]';
    const byBot = {
      id: 4711,
      node_id: 'PRR_4711',
      submitted_at: new Date().toISOString(),
      commit_id: pull.head.sha,
      body: 'I found 12 issues.',
      state: 'changes_requested',
      user: { login: bot, type: 'Bot' },
    };
    stage.github.send('pull_request_review', 'submitted', { review: byBot, pull_request: pull }, task.repository.fullName, bot);
    await task.settled();
    expect(task.requests()).toHaveLength(4); // of plan and component
    expect(await replies(task, task.number)).toEqual([]);
    expect(await reactions(asked)).toEqual([]);
  });

  it.concurrent('on the plan start nothing by themselves; the status says how to go on', async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER] });
    await reviewed(stage, task, task.pullOfPlan, 'PLAN.md').review('wanda', 'REQUEST_CHANGES', 'Too big.');
    await task.statusSays('comment `/replan` for a new revision: @wanda requested changes.');
    expect(task.requests()).toHaveLength(2);
  });
});

describe('a command in the text of a review', () => {
  it.concurrent('is acknowledged there, and how it ended is said there, too', async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER] });
    const { review } = reviewed(stage, task, task.pullOfPlan, 'PLAN.md');
    const said = async (login: string, text: string, end: string): Promise<void> => {
      const node = await review(login, 'COMMENT', text);
      await stage.github.until(`${end} on ${text}`, async () => (await reactions(node)).join() === `EYES,${end}`);
    };
    await said('rita', '/execute', 'CONFUSED');
    await said('wanda', '/revise', 'CONFUSED');
    await said('wanda', '/status\nplease', 'ROCKET');
    await said('wanda', '/Planwright execute', 'ROCKET');
    await task.componentsAre('1 open');
  });
});

describe('what is outside the plan', () => {
  it.concurrent('becomes a blocker; when the amended plan is approved, the same pull request is brought up to it', async () => {
    const task = await anOpenPull(stage, PLAINLY.replace('amend: off', 'amend: auto'));
    const create = { name: 'create_file', input: { path: 'test/limiter.js', content: 'test\n' } };
    const evidence = 'The test belongs in test/limiter.js';
    const blocker = { kind: 'out_of_scope', plan_clause: 'src/limiter.js', evidence, proposal: 'Add the file.' };
    task.executorDoes('limiter', [{ calls: [create] }, { calls: [{ name: 'flag_blocker', input: blocker }] }]);
    const files = [...LIMITER.files, { path: 'test/limiter.js', action: 'create' as const, change: 'its test' }];
    const amended = aPlan([{ ...LIMITER, files }], { title: task.plan.title });
    const planner = task.plannerDoes(lookingAndSubmitting(amended));
    await task.review('wanda', 'REQUEST_CHANGES', 'Where is its test?', [2, 'Test this.']);
    const word = await stage.github.until('a word', async () => (await replies(task, task.number))[0]);
    expect(word).toContain(`\`limiter\` is blocked, and #${task.issue} says why. This pull request stays as it is.`);
    await task.statusIs('review', 2);
    expect((await replies(task)).some((r) => r.includes(evidence))).toBe(true);
    expect(opening(planner)).toContain('Add the file.');
    expect((await task.pull('limiter')).head).toBe(task.head);
    expect(await task.threads()).toEqual({ 'Test this.': [] });

    task.executorDoes('limiter', [{ calls: [create] }, { calls: [finish('1. There is one now.\n2. It is tested.')] }]);
    await task.comment('wanda', '/execute');
    await task.account();
    await task.componentsAre('1 open');
    const after = await task.pull('limiter');
    expect([after.number, after.state]).toEqual([task.number, 'open']);
    expect(after.files).toEqual(['src/limiter.js', 'test/limiter.js']);
    expect(await task.threads()).toEqual({ 'Test this.': [expect.stringContaining('It is tested.')] });
  });
});

describe('conversations on the plan', () => {
  it.concurrent('are read by /replan where they are unresolved, with their line, and answered with the revision', async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER] });
    const plan = reviewed(stage, task, task.pullOfPlan, 'PLAN.md');
    const criterion = '- [ ] src/limiter.js exports it.';
    const line = (await inGit(task, 'show', `${plan.head}:PLAN.md`)).split('\n').indexOf(criterion) + 1;
    await plan.review('wanda', 'COMMENT', '', [line, 'Say how it is tested.'], [1, 'Never mind.']);
    await plan.review('rita', 'COMMENT', '', [line, 'Use a blockchain.']);
    await plan.resolve('Never mind.');
    const tested = aPlan([{ ...LIMITER, acceptance_criteria: ['It is tested.'] }], { title: task.plan.title });
    const second = task.plannerDoes(lookingAndSubmitting(tested));
    await task.comment('wanda', '/replan', plan.number);
    await task.statusIs('review', 2);
    expect(opening(second)).toContain(`On PLAN.md line ${line}:\n> ${criterion}\n\nSay how it is tested.`);
    expect(opening(second)).not.toMatch(/Never mind|blockchain/);
    const answer = /The planner read this for revision 2 of the plan \(\[what changed\]\(.*#issuecomment-\d+\)\)\.$/;
    expect(await plan.threads()).toEqual({
      'Say how it is tested.': [expect.stringMatching(answer)],
      'Never mind.': [],
      'Use a blockchain.': [],
    });

    // Read once: the next revision is told of what is new.
    const third = task.plannerDoes(lookingAndSubmitting(task.plan));
    await task.comment('wanda', '/replan once more', plan.number);
    await task.statusIs('review', 3);
    expect(opening(third)).not.toContain('Say how it is tested.');
    expect((await plan.threads())['Say how it is tested.']).toHaveLength(1);
  });
});
