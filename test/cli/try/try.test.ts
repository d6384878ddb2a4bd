import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type LocalModels, startLocalModels } from '../../support/models/local-models.ts';
import { aComponent, aPlan, contentOf, executing, planning as planningOf } from '../../support/shop.ts';
import { everythingIn, gitIn, type Home, makeHome, makeRepository, paste, write } from './own-repository.ts';
import { eventsIn, run, start } from './run-command.ts';
import { about, scriptShop } from './scripted-shop.ts';

/** Alone each takes some seconds; beside other suites every start of a process takes several times as long. */
jest.setTimeout(300_000);

let models: LocalModels;
let home: Home;
let shop: string;

beforeAll(async () => {
  models = await startLocalModels();
});
afterAll(() => models?.close());
beforeEach(() => {
  home = makeHome();
  shop = makeRepository(home);
});
afterEach(() => home?.remove());

let plans = 0;
/** Two that are independent, and one that needs both. */
function aSharedPlan() {
  plans += 1;
  const components = [aComponent('limiter'), aComponent('metrics'), aComponent('report', { depends_on: ['limiter', 'metrics'] })];
  return aPlan(components, { title: `Limit the orders, the ${plans}th time` });
}
function aSmallPlan() {
  plans += 1;
  return aPlan([aComponent('limiter')], { title: `Limit the orders, the ${plans}th time` });
}

const command = (issue: string, ...more: string[]) => ['--repo', shop, '--issue', issue, ...more];
const git = (...args: string[]) => gitIn(home, shop, ...args);
/** Where the plan of the only try lies. */
const planPath = (): string => {
  const tries = join(home.cache, 'planwright/try');
  return join(tries, readdirSync(tries)[0] ?? '', '1/PLAN.md');
};
const lineWith = (said: string, start: string): string =>
  said
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.slice(start.length)
    .trim() ?? '';

describe('without a terminal', () => {
  it('plans and builds on branches of its own, and touches nothing that is checked out', async () => {
    const plan = aSharedPlan();
    const { executors } = scriptShop(models, plan);
    write(shop, { 'README.md': '# Shop\n\nNot committed.\n', 'notes.txt': 'mine\n' });
    const before = everythingIn(shop);

    const { code, said } = await run(home, models, command(plan.title, '--yes'));

    expect({ code, said }).toMatchObject({ code: 0 });
    expect(everythingIn(shop)).toEqual(before);
    expect(said).toContain('1 changed file and 1 untracked path not committed: the models do not see that');
    expect(said).toContain('reads src/server.js');
    const branch = (id: string) => `planwright/try-1/${id}`;
    expect(git('branch', '--format=%(refname:short)').split('\n')).toEqual([
      'main',
      ...['limiter', 'metrics', 'report'].map(branch),
    ]);
    expect(git('diff', '--name-only', 'main', branch('limiter'))).toBe('src/limiter.js');
    expect(git('diff', '--name-only', 'main', branch('report')).split('\n')).toEqual([
      'src/limiter.js',
      'src/metrics.js',
      'src/report.js',
    ]);
    expect(git('show', `${branch('report')}:src/report.js`)).toBe(contentOf('report', 'src/report.js').trimEnd());
    expect(git('log', '-1', '--format=%an <%ae>%n%s', branch('limiter'))).toBe('Olga <olga@example.com>\nAdd limiter');
    expect(executors.get('report')?.requests).toHaveLength(2);
    expect(git('fsck', '--strict')).toBe('');

    paste(home, shop, 'git checkout --quiet README.md');
    paste(home, shop, lineWith(said, 'To merge it:'));
    expect(existsSync(join(shop, 'src/report.js'))).toBe(true);
    expect(git('log', '--format=%s')).toContain('Add metrics');
    paste(home, shop, lineWith(said, 'To remove it:'));
    expect(git('branch', '--format=%(refname:short)')).toBe('main');
    expect(existsSync(planPath())).toBe(false);
  });

  it('stops after the plan, reads it back as it was edited, and says which lines cannot be used', async () => {
    const plan = aSmallPlan();
    const { planner, executors } = scriptShop(models, plan);

    const first = await run(home, models, command(plan.title));
    expect({ code: first.code, said: first.said }).toMatchObject({ code: 0 });
    expect(first.said).toContain('The plan waits for your approval');
    expect(lineWith(first.said, 'To continue:')).toMatch(/^planwright try --repo .* --resume 1$/);
    expect(git('branch', '--format=%(refname:short)')).toBe('main');

    const text = readFileSync(planPath(), 'utf8');
    writeFileSync(planPath(), text.replaceAll('src/limiter.js', '.github/workflows/limiter.js'));
    const second = await run(home, models, command(plan.title, '--resume', '--yes'));
    expect(second.code).toBe(1);
    expect(second.said).toMatch(/PLAN\.md cannot be used as it is:\n {2}line \d+: .*\.github\/workflows/);

    writeFileSync(planPath(), text.replace('Add limiter', 'Add a limiter by hand'));
    const third = await run(home, models, ['--repo', shop, '--resume', '--yes']);
    expect({ code: third.code, said: third.said }).toMatchObject({ code: 0 });
    expect(git('log', '-1', '--format=%s', 'planwright/try-1/limiter')).toBe('Add a limiter by hand');
    expect(planner.requests).toHaveLength(3);
    expect(JSON.stringify(executors.get('limiter')?.requests[0]?.messages)).toContain('Add a limiter by hand');
  });

  it('is killed at any turn, and the same command with --resume pays for no recorded turn again', async () => {
    const plan = aSharedPlan();
    const { planner, executors } = scriptShop(models, plan);
    const given = command(plan.title, '--yes');
    for (const [part, turn] of [
      ['planner', 1],
      ['limiter', 1],
      ['report', 0],
    ] as const) {
      const hold = models.hold({ when: (request) => about(plan.title, part)(request) && request.turn === turn });
      const running = start(home, models, part === 'planner' ? given : [...given, '--resume']);
      await Promise.race([hold.reached, running.ended.then(({ said }) => Promise.reject(new Error(said)))]);
      running.child.kill('SIGKILL');
      await running.ended;
      hold.release();
    }
    const { code, said } = await run(home, models, [...given, '--resume']);

    expect({ code, said }).toMatchObject({ code: 0 });
    expect(said).toMatch(/resumed {5}\d+ turns recorded for \$[\d.]+, not paid for again/);
    const asked = (requests: readonly { turn: number }[]) => requests.map(({ turn }) => turn);
    expect(asked(planner.requests)).toEqual([0, 1, 1, 2]);
    expect(asked(executors.get('report')?.requests ?? [])).toEqual([0, 0, 1]);
    const limiter = asked(executors.get('limiter')?.requests ?? []);
    expect(limiter).toEqual([0, 1, 1]);
    expect(git('rev-list', '--count', 'main..planwright/try-1/report')).toBe('4');
  });

  it('continues where no model answered, once one does', async () => {
    const plan = aSmallPlan();
    const { planner, executors } = scriptShop(models, plan);
    models.fault({ when: (r) => about(plan.title, 'limiter')(r) && r.turn === 1, times: 1, respond: { status: 401 } });
    const first = await run(home, models, command(plan.title, '--yes'));
    expect(first.code).toBe(1);
    expect(first.said).toMatch(/limiter +failed: .*key/);

    const second = await run(home, models, command(plan.title, '--yes', '--resume'));
    expect({ code: second.code, said: second.said }).toMatchObject({ code: 0 });
    expect(planner.requests).toHaveLength(3);
    expect(executors.get('limiter')?.requests.map(({ turn }) => turn)).toEqual([0, 1, 1]);
  });

  it('stops before it costs more than --max-usd, and continues with more', async () => {
    const plan = aSmallPlan();
    const { planner } = scriptShop(models, plan);
    const first = await run(home, models, command(plan.title, '--yes', '--max-usd', '0.01'));
    expect(first.code).toBe(1);
    expect(first.said).toContain('could go beyond the limit of $0.01');
    expect(planner.requests).toHaveLength(0);
    const second = await run(home, models, command(plan.title, '--yes', '--resume', '--max-usd', '5'));
    expect({ code: second.code, said: second.said }).toMatchObject({ code: 0 });
  });

  it('prints one JSON object per line for programs', async () => {
    const plan = aSmallPlan();
    scriptShop(models, plan);
    const { code, said } = await run(home, models, command(plan.title, '--yes', '--json'));
    expect(code).toBe(0);
    const events = eventsIn(said);
    expect([...new Set(events.map(({ type }) => type))]).toEqual([
      'started',
      'progress',
      'plan',
      'approved',
      'component',
      'done',
    ]);
    expect(events.at(-1)).toMatchObject({
      branches: [{ id: 'limiter', branch: 'planwright/try-1/limiter', commit: git('rev-parse', 'planwright/try-1/limiter') }],
      costs: [
        { what: 'planning', turns: 3 },
        { what: 'limiter', turns: 2 },
        { what: 'in all', turns: 5 },
      ],
    });
  });
});

describe('with somebody who answers', () => {
  it('asks, replans, edits in $EDITOR and approves', async () => {
    const plan = aSmallPlan();
    const { executors } = scriptShop(models, plan);
    models.script(about(plan.title, 'question'), [{ text: 'Because one process serves the shop.' }]);
    const editor = join(home.path, 'editor.sh');
    // The first edit leaves something that cannot be read; the second one corrects it.
    writeFileSync(
      editor,
      `if grep -q '^## Nonsense' "$1"; then sed -i 's/^## Nonsense/## Components/; s/Add limiter/Add an edited limiter/' "$1"; else sed -i 's/^## Components/## Nonsense/' "$1"; fi\n`,
    );
    const running = start(home, models, command(plan.title, '--interactive'), { env: { EDITOR: `sh ${editor}` }, input: 'pipe' });
    await running.says('What next?');
    running.answer('question why in memory?');
    await running.says('Because one process serves the shop.');
    running.answer('/replan say more about memory');
    await running.says('revision 2');
    const planning = models.requests.filter(about(plan.title, 'planner'));
    expect(JSON.stringify(planning.at(-1)?.messages[0])).toContain('say more about memory');
    running.answer('edit');
    await running.says('PLAN.md cannot be used as it is:');
    running.answer('approve');
    await running.says('Not understood. Answer with one of: edit');
    running.answer('edit');
    await running.says('# Add an edited limiter');
    running.answer('a');
    const { code, said } = await running.ended;
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(git('log', '-1', '--format=%s', 'planwright/try-1/limiter')).toBe('Add an edited limiter');
    expect(executors.get('limiter')?.requests).toHaveLength(2);
  });

  it('brings a blocker back, has the plan amended, and keeps what the amendment leaves as it is', async () => {
    const plan = aSharedPlan();
    const blocked = (id: string) => id === 'report';
    const flag = { kind: 'contradiction', plan_clause: 'report', evidence: 'It contradicts itself.', proposal: 'Drop it.' };
    const scripted = scriptShop(models, plan, (component) =>
      blocked(component.id) ? [{ calls: [{ name: 'flag_blocker', input: flag }] }] : executing(component),
    );
    const running = start(home, models, command(plan.title, '--interactive'), { input: 'pipe' });
    await running.says('What next?');
    running.answer('approve');
    await running.says('report is blocked: the plan cannot be followed.');
    const report = aComponent('report', { depends_on: ['limiter', 'metrics'], purpose: 'Report what the others do.' });
    const amended = { ...plan, components: [...plan.components.slice(0, 2), report] };
    models.script(
      (r) => about(plan.title, 'planner')(r) && JSON.stringify(r.messages[0]).includes('It contradicts itself.'),
      planningOf(amended),
    );
    models.script(
      (r) => about(plan.title, 'report')(r) && JSON.stringify(r.messages[0]).includes('Report what the others do.'),
      executing(report),
    );
    running.answer('replan');
    await running.says('revision 2');
    running.answer('approve');
    const { code, said } = await running.ended;
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(said).toContain('unchanged by this revision: planwright/try-1/limiter');
    expect(scripted.executors.get('limiter')?.requests).toHaveLength(2);
    expect(git('rev-list', '--count', 'main..planwright/try-1/report')).toBe('4');
  });

  it('answers the planner first where it asks', async () => {
    const plan = aSmallPlan();
    const question = { question: 'For each client, or for all?', why: 'It decides where the counter is.' };
    scriptShop(models, plan);
    models.script(
      (r) => about(plan.title, 'planner')(r) && !JSON.stringify(r.messages[0]).includes('For each client, please'),
      [{ calls: [{ name: 'ask_questions', input: { questions: [question] } }] }],
    );
    const first = await run(home, models, command(plan.title));
    expect({ code: first.code, said: first.said }).toMatchObject({ code: 0 });
    expect(first.said).toContain('1. For each client, or for all?');
    const second = await run(home, models, command(plan.title, '--resume', '--replan', 'For each client, please', '--yes'));
    expect({ code: second.code, said: second.said }).toMatchObject({ code: 0 });
    expect(second.said).toContain('revision 1');
  });
});

it('Ctrl-C keeps the turn in flight and says how to continue', async () => {
  const plan = aSmallPlan();
  const { planner } = scriptShop(models, plan);
  const hold = models.hold({ when: (request) => about(plan.title, 'planner')(request) && request.turn === 1 });
  const running = start(home, models, command(plan.title));
  await hold.reached;
  running.child.kill('SIGINT');
  await running.says('Stopping as soon as');
  hold.release();
  const { code, said } = await running.ended;
  expect({ code, said }).toMatchObject({ code: 130 });
  expect(said).toContain('Stopped. What is recorded is kept.');
  expect((await run(home, models, command(plan.title, '--resume'))).code).toBe(0);
  expect(planner.requests.map(({ turn }) => turn)).toEqual([0, 1, 2]);
});
