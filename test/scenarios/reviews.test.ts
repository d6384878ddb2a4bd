import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { git } from '../support/github/git-command.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { aPlannedIssue, lookingAndSubmitting, PLAINLY, replies, type Scene } from '../support/scenes.ts';
import { aComponent, aPlan, contentOf } from '../support/shop.ts';
import { openStage, type Stage } from '../support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const LIMITER = aComponent('limiter');
const at = ({ repository }: Scene) => ({ owner: repository.owner, repo: repository.name });
const inGit = (task: Scene, ...args: string[]): Promise<string> =>
  git(stage.github.gitDir(task.repository.fullName), args).then((said) => said.trim());

async function anOpenPull(settings = PLAINLY): Promise<Scene & { number: number; head: string }> {
  const task = await aPlannedIssue(stage, { components: [LIMITER], settings });
  await task.comment('wanda', '/execute');
  await task.statusSays('1 open');
  const { number, head } = await task.pull('limiter');
  return { ...task, number, head };
}

type Line = readonly [line: number, body: string];

/** A review with comments on lines of the limiter. */
async function review(
  task: Scene & { number: number },
  login: string,
  event: 'REQUEST_CHANGES' | 'COMMENT' | 'APPROVE',
  body: string,
  ...lines: readonly Line[]
) {
  const comments = lines.map(([line, said]) => ({ path: 'src/limiter.js', line, side: 'RIGHT', body: said }));
  return (await stage.github.as(login).rest.pulls.createReview({ ...at(task), pull_number: task.number, event, body, comments }))
    .data;
}

/** What stands under each line comment, by that comment's text. */
async function threads(task: Scene, on: number): Promise<Record<string, string[]>> {
  const { data } = await stage.github.as('olga').rest.pulls.listReviewComments({ ...at(task), pull_number: on, per_page: 100 });
  const found: Record<string, string[]> = {};
  for (const root of data.filter((c) => c.in_reply_to_id === undefined)) {
    const under = data.filter((c) => c.in_reply_to_id === root.id);
    found[root.body] = under.map((c) => `${c.user.login}: ${c.body.replace(/^<!-- planwright:reply [^\n]*-->\n/, '')}`);
  }
  return found;
}

/** How the bot has reacted to a review's own text. */
async function reactions(node: string): Promise<string[]> {
  const asked = 'query($id: ID!) { node(id: $id) { ... on PullRequestReview { reactions(first: 9) { nodes { content } } } } }';
  const { node: found } = await stage.github
    .as('olga')
    .graphql<{ node: { reactions: { nodes: { content: string }[] } } }>(asked, { id: node });
  return found.reactions.nodes.map((r) => r.content);
}

/** What a conversation began with. */
const opening = ({ requests }: { readonly requests: readonly SeenRequest[] }): string => saidTo(requests[0] as SeenRequest);

const edit = (old_text: string, new_text: string) => ({
  name: 'edit_file',
  input: { path: 'src/limiter.js', old_text, new_text },
});
const finish = (summary: string) => ({ name: 'finish', input: { summary } });
const RENAMED: readonly ScriptedTurn[] = [
  { calls: [edit('limiter = true', 'limiter = 30')] },
  { calls: [finish('1. Set to 30.\n2. Kept: the path tells where it belongs. Ask @rita.')] },
];

/** Waits for the account of a revision, and gives it. */
const account = (task: Scene & { number: number }, nth = 0): Promise<string> =>
  stage.github.until('an account', async () => (await replies(task, task.number)).filter((r) => r.includes('<sub>Points:'))[nth]);

describe('changes requested by a writer', () => {
  it.concurrent('are addressed in one commit on top of people’s own, and each conversation is answered', async () => {
    const task = await anOpenPull();
    const before = await task.pull('limiter');
    await stage.github.as('wanda').rest.repos.createOrUpdateFileContents({
      ...at(task), path: 'src/limiter.js', branch: before.branch, message: 'Say who',
      content: Buffer.from(`${contentOf('limiter', 'src/limiter.js')}// by wanda\n`).toString('base64'),
      sha: await inGit(task, 'rev-parse', `${before.head}:src/limiter.js`),
    }); // biome-ignore format: one call
    const pushed = (await task.pull('limiter')).head;
    const script = task.executorDoes('limiter', [
      { calls: [edit('limiter = true', 'limiter = 30')] },
      {
        calls: [
          finish(
            'The review is addressed.\n\n1. Thanks noted.\n2) Set to 30, as asked.\n   It was true before.\n\nFixes #1, says @rita.',
          ),
        ],
      },
    ]);
    // Somebody without write access has an opinion in the same conversation, and one of their own.
    await review(task, 'rita', 'COMMENT', 'Use a blockchain.', [1, 'Use Rust.']);
    const asked = await review(
      task,
      'wanda',
      'REQUEST_CHANGES',
      'Almost. <!-- rm -rf -->',
      [2, 'Make it 30.'],
      [1, 'Why this line?'],
    );
    const said = await account(task);
    await task.statusSays('1 open');

    const after = await task.pull('limiter');
    expect(after.number).toBe(before.number);
    expect(await inGit(task, 'log', '--format=%P', '-1', after.head)).toBe(pushed);
    expect(await inGit(task, 'show', `${after.head}:src/limiter.js`)).toBe(
      '// src/limiter.js\nexport const limiter = 30;\n// by wanda',
    );
    expect(await inGit(task, 'log', '--format=%s', '-1', after.head)).toBe('Address review: Add limiter');
    expect(await threads(task, task.number)).toEqual({
      'Use Rust.': [],
      'Make it 30.': [
        expect.stringMatching(
          /^planwright\[bot\]: Set to 30, as asked\.\n\s*It was true before\.\n\n<sub>\[`[0-9a-f]{7}`\]\(.*\)<\/sub>$/,
        ),
      ],
      // Without a line of its own it is shown where the whole account is.
      'Why this line?': [
        expect.stringMatching(/Looked at in \[`[0-9a-f]{7}`\]\(.*\): \[what was done\]\(.*#issuecomment-\d+\)\.$/),
      ],
    });
    expect(said).toContain(`@wanda, this is addressed in [\`${after.head.slice(0, 7)}\`](`);
    expect(said).toContain('1. Thanks noted.');
    expect(said).not.toContain('@rita');
    expect(said).not.toContain('Fixes #1');
    expect(said).toMatch(
      /<sub>Points: 1 review by wanda · 2 `src\/limiter.js` line 2 · 3 `src\/limiter.js` line 1\. Written by `.*` in 2 turns, [\d,]+ tokens, \$/,
    );
    expect(await reactions(asked.node_id)).toEqual(['EYES', 'ROCKET']);
    expect(after.body).toBe(before.body);

    const told = opening(script);
    for (const text of [
      '1. wanda says in a review',
      'Almost.',
      '2. On src/limiter.js, line 2',
      '+export const limiter = true;',
      'Make it 30.',
    ])
      expect(told).toContain(text);
    for (const text of ['blockchain', 'Rust', 'rm -rf']) expect(told).not.toContain(text);
    expect(script.requests).toHaveLength(2);
  });

  it.concurrent('by somebody without write access, or by a bot, start nothing, and nobody is told', async () => {
    const task = await anOpenPull();
    const script = task.executorDoes('limiter', RENAMED);
    const asked = await review(task, 'rita', 'REQUEST_CHANGES', 'Rewrite it.', [2, 'In Rust.']);
    const { data: pull } = await stage.github.as('olga').rest.pulls.get({ ...at(task), pull_number: task.number });
    const bot = 'github-actions[bot]';
    const payload = {
      review: {
        ...asked,
        id: asked.id + 1,
        body: 'I found 12 issues.',
        state: 'changes_requested',
        user: { login: bot, type: 'Bot' },
      },
      pull_request: pull,
    };
    stage.github.send('pull_request_review', 'submitted', payload, task.repository.fullName, bot);
    await task.settled();
    expect(script.requests).toEqual([]);
    expect((await task.pull('limiter')).head).toBe(task.head);
    expect(await replies(task, task.number)).toEqual([]);
    expect(await reactions(asked.node_id)).toEqual([]);
  });

  it.concurrent('on the plan start nothing; the status says how to go on', async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER] });
    await review({ ...task, number: task.pullOfPlan.number }, 'wanda', 'REQUEST_CHANGES', 'Too big.');
    await task.statusSays('@wanda asked for changes; `/replan` makes a new revision.');
    expect(task.requests()).toHaveLength(2);
  });
});

describe('/revise', () => {
  it.concurrent('addresses its notes, and no answer is an answer, too', async () => {
    const task = await anOpenPull();
    const script = task.executorDoes('limiter', [{ calls: [finish('1. It is: nothing to change.')] }]);
    await task.reacted(await task.comment('wanda', '/revise Is it exported?\nLook twice.', task.number), 'rocket');
    expect(await account(task)).toContain('@wanda, this was looked at, and nothing was changed:');
    await task.statusSays('1 open');
    expect((await task.pull('limiter')).head).toBe(task.head);
    expect(opening(script)).toContain('Is it exported?\nLook twice.');

    // With nothing new to say no model is asked.
    await task.reacted(await task.comment('wanda', '/planwright revise', task.number), 'rocket');
    await stage.github.until('a word', async () =>
      (await replies(task, task.number)).some((r) => r.includes('nothing new to address')),
    );
    await task.statusSays('1 open');
    expect(script.requests).toHaveLength(1);
  });

  it.concurrent('takes up what is unresolved, and only what is new of the reviews', async () => {
    const task = await anOpenPull();
    await review(task, 'wanda', 'COMMENT', 'First words.', [2, 'Make it 30.'], [1, 'Settled already.']);
    await resolve(task, 'Settled already.');
    task.executorDoes('limiter', [
      { calls: [edit('limiter = true', 'limiter = 30')] },
      { calls: [finish('1. Noted.\n2. Done.')] },
    ]);
    await task.comment('wanda', '/revise', task.number);
    await account(task);
    await task.statusSays('1 open');
    expect((await threads(task, task.number))['Settled already.']).toEqual([]);

    await review(task, 'olga', 'COMMENT', 'Second words.', [1, 'And this?']);
    const second = task.executorDoes('limiter', [{ calls: [finish('1. Noted.\n2. That is the path.')] }]);
    await task.comment('wanda', '/revise', task.number);
    await account(task, 1);
    await task.statusSays('1 open');
    const told = opening(second);
    expect(told).toContain('Second words.');
    expect(told).not.toContain('First words.');
    expect(told).not.toContain('Settled already.');
    expect(told).toContain('3. On src/limiter.js, line 2 as it was; it has changed since. You answered this before');
    const under = await threads(task, task.number);
    expect(under['Make it 30.']).toHaveLength(1);
    expect(under['And this?']).toEqual([expect.stringContaining('That is the path.')]);
  });

  it.concurrent('while the component is worked on is kept, two requests as one, and begun with afterwards', async () => {
    const task = await anOpenPull();
    task.executorDoes('limiter', [{ calls: [finish('1. Yes.')] }]);
    const first = stage.models.hold({
      when: (r) => saidTo(r).includes(task.plan.title) && saidTo(r).includes('The first thing.'),
    });
    await task.comment('wanda', '/revise The first thing.', task.number);
    await first.reached;
    const next = task.executorDoes('limiter', [
      { calls: [edit('limiter = true', 'limiter = 31')] },
      { calls: [finish('1. 31 it is.')] },
    ]);
    for (const text of ['/revise The second thing.', '/revise The third thing.'])
      await task.reacted(await task.comment('olga', text, task.number), 'rocket');
    expect((await replies(task, task.number)).filter((r) => r.includes('is being worked on'))).toHaveLength(2);
    first.release();
    await account(task, 1);
    await task.statusSays('1 open');
    const told = opening(next);
    expect(told).toContain('The second thing.\n\nThe third thing.');
    expect(told).not.toContain('The first thing.');
    expect(next.requests).toHaveLength(2);
    expect(await inGit(task, 'rev-list', '--count', `main..${(await task.pull('limiter')).head}`)).toBe('2');
  });

  it.concurrent('is told where it belongs on the issue and on the plan', async () => {
    const task = await anOpenPull();
    for (const on of [task.issue, (await task.pull('plan')).number]) {
      await task.reacted(await task.comment('wanda', '/revise please', on), 'confused');
      expect((await replies(task, on)).at(-1)).toContain(`There is #${task.number} (\`limiter\`)`);
    }
  });

  it.concurrent('that breaks off leaves the pull request as it was, says so, and is tried again with what it was asked', async () => {
    const task = await anOpenPull();
    await review(task, 'wanda', 'COMMENT', '', [2, 'Make it 30.']);
    task.executorDoes('limiter', [{ text: 'No.' }, { text: 'No.' }, { text: 'No.' }, { text: 'No.' }]);
    await task.comment('wanda', '/revise Mind the case.', task.number);
    const said = await stage.github.until('a word', async () => (await replies(task, task.number))[0]);
    expect(said).toMatch(/^Revising it stopped: the model was put right 3 times/);
    expect(said).toContain('The pull request is as it was.');
    await task.statusSays('1 open');
    expect((await task.pull('limiter')).head).toBe(task.head);
    expect(await threads(task, task.number)).toEqual({ 'Make it 30.': [] });

    const again = task.executorDoes('limiter', [
      { calls: [edit('limiter = true', 'limiter = 30')] },
      { calls: [finish('1. Minded.\n2. Done.')] },
    ]);
    await task.comment('wanda', '/revise', task.number);
    await account(task);
    await task.statusSays('1 open');
    expect(opening(again)).toContain('Mind the case.');
    expect((await threads(task, task.number))['Make it 30.']).toEqual([expect.stringContaining('Done.')]);
  });

  it.concurrent('that /cancel stops is gone on with by /execute', async () => {
    const task = await anOpenPull();
    task.executorDoes('limiter', [{ calls: [finish('1. Yes.')] }]);
    const hold = stage.models.hold({ when: (r) => saidTo(r).includes(task.plan.title) && saidTo(r).includes('Is it so?') });
    await task.comment('wanda', '/revise Is it so?', task.number);
    await hold.reached;
    await task.comment('wanda', '/cancel', task.number);
    await task.statusSays('**Planwright: cancelled.**');
    hold.release();
    await task.settled();
    expect(await replies(task, task.number)).toEqual([]);
    await task.comment('wanda', '/execute');
    expect(await account(task)).toContain('1. Yes.');
  });
});

describe('what is outside the plan', () => {
  it.concurrent('becomes a blocker; when the amended plan is approved, the same pull request is brought up to it', async () => {
    const task = await anOpenPull(PLAINLY.replace('amend: off', 'amend: auto'));
    const blocker = {
      kind: 'out_of_scope',
      plan_clause: 'src/limiter.js',
      evidence: 'The test belongs in test/limiter.js',
      proposal: 'Add the file.',
    };
    task.executorDoes('limiter', [
      { calls: [{ name: 'create_file', input: { path: 'test/limiter.js', content: 'test\n' } }] },
      { calls: [{ name: 'flag_blocker', input: blocker }] },
    ]);
    const files = [...LIMITER.files, { path: 'test/limiter.js', action: 'create' as const, change: 'its test' }];
    const amended = aPlan([{ ...LIMITER, files }], { title: task.plan.title });
    const planner = task.plannerDoes(lookingAndSubmitting(amended));
    await review(task, 'wanda', 'REQUEST_CHANGES', 'Where is its test?', [2, 'Test this.']);
    const word = await stage.github.until('a word', async () => (await replies(task, task.number))[0]);
    expect(word).toContain(`\`limiter\` is blocked, and #${task.issue} says why. This pull request stays as it is.`);
    await task.statusSays('Revision 2 of the plan is in');
    expect((await replies(task)).some((r) => r.includes('The test belongs in test/limiter.js'))).toBe(true);
    expect(opening(planner)).toContain('Add the file.');
    expect((await task.pull('limiter')).head).toBe(task.head);
    expect(await threads(task, task.number)).toEqual({ 'Test this.': [] });

    task.executorDoes('limiter', [
      { calls: [{ name: 'create_file', input: { path: 'test/limiter.js', content: 'test\n' } }] },
      { calls: [finish('1. There is one now.\n2. It is tested.')] },
    ]);
    await task.comment('wanda', '/execute');
    await account(task);
    await task.statusSays('1 open');
    const after = await task.pull('limiter');
    expect([after.number, after.state]).toEqual([task.number, 'open']);
    expect(after.files).toEqual(['src/limiter.js', 'test/limiter.js']);
    expect((await threads(task, task.number))['Test this.']).toEqual([expect.stringContaining('It is tested.')]);
  });
});

describe('conversations on the plan', () => {
  it.concurrent('are read by /replan where they are unresolved, with the line they are on, and answered with the revision', async () => {
    const task = await aPlannedIssue(stage, { components: [LIMITER] });
    const plan = task.pullOfPlan.number;
    const line =
      (await inGit(task, 'show', `${task.pullOfPlan.head}:PLAN.md`)).split('\n').indexOf('- [ ] src/limiter.js exports it.') + 1;
    expect(line).toBeGreaterThan(0);
    const on = { ...at(task), pull_number: plan, commit_id: task.pullOfPlan.head, path: 'PLAN.md' };
    const say = (login: string, at: number, body: string) =>
      stage.github.as(login).rest.pulls.createReviewComment({ ...on, line: at, body });
    await say('wanda', line, 'Say how it is tested.');
    await say('wanda', 1, 'Never mind.');
    await say('rita', line, 'Use a blockchain.');
    await resolve({ ...task, number: plan }, 'Never mind.');
    const second = task.plannerDoes(
      lookingAndSubmitting(aPlan([{ ...LIMITER, acceptance_criteria: ['It is tested.'] }], { title: task.plan.title })),
    );
    await task.comment('wanda', '/replan', plan);
    await task.statusSays('Revision 2 of the plan is in');
    const told = opening(second);
    expect(told).toContain(`On PLAN.md line ${line}:\n> - [ ] src/limiter.js exports it.\n\nSay how it is tested.`);
    expect(told).not.toContain('Never mind.');
    expect(told).not.toContain('blockchain');
    const under = await threads(task, plan);
    expect(under['Say how it is tested.']).toEqual([
      expect.stringMatching(/revision 2 of the plan: \[what changed\]\(.*#issuecomment-\d+\)\.$/),
    ]);
    expect(under['Never mind.']).toEqual([]);
    expect(under['Use a blockchain.']).toEqual([]);

    // Read once: the next revision is told of what is new.
    const third = task.plannerDoes(lookingAndSubmitting(task.plan));
    await task.comment('wanda', '/replan once more', plan);
    await task.statusSays('Revision 3 of the plan is in');
    expect(opening(third)).not.toContain('Say how it is tested.');
    expect((await threads(task, plan))['Say how it is tested.']).toHaveLength(1);
  });
});

async function resolve(task: Scene & { number: number }, text: string): Promise<void> {
  const github = stage.github.as('wanda');
  interface Found {
    repository: { pullRequest: { reviewThreads: { nodes: { id: string; comments: { nodes: { body: string }[] } }[] } } };
  }
  const asked = `query($owner: String!, $repo: String!, $number: Int!) { repository(owner: $owner, name: $repo) { pullRequest(number: $number) {
    reviewThreads(first: 50) { nodes { id comments(first: 1) { nodes { body } } } } } } }`;
  const found = await github.graphql<Found>(asked, { ...at(task), number: task.number });
  const thread = found.repository.pullRequest.reviewThreads.nodes.find((t) => t.comments.nodes[0]?.body === text);
  await github.graphql('mutation($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { id } } }', {
    id: thread?.id,
  });
}
