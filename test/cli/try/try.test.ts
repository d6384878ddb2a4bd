import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type LocalModels, startLocalModels } from '../../support/models/local-models.ts';
import type { SeenRequest } from '../../support/models/seen-request.ts';
import { aComponent, aPlan, contentOf, executing, planning as planningOf } from '../../support/shop.ts';
import { everythingIn, gitIn, type Home, makeHome, makeRepository, paste, write } from './own-repository.ts';
import { type Ended, eventsIn, run, start } from './run-command.ts';
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
/** For one test, or for several that look at one try: each start of the command costs 1.5 s of processor time. */
function openShop(): void {
  home = makeHome();
  shop = makeRepository(home);
}
const closeShop = (): void => home?.remove();

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

const turnsOf = (requests: readonly SeenRequest[] = []): number[] => requests.map(({ turn }) => turn);
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

describe('killed at three turns, and continued each time by the same command with --resume', () => {
  let scripted: ReturnType<typeof scriptShop>;
  let before: Record<string, string>;
  let after: Record<string, string>;
  let last: Ended;
  /** By all four processes. */
  let said = '';

  beforeAll(async () => {
    openShop();
    const plan = aSharedPlan();
    scripted = scriptShop(models, plan);
    write(shop, { 'README.md': '# Shop\n\nNot committed.\n', 'notes.txt': 'mine\n' });
    before = everythingIn(shop);
    const given = command(plan.title, '--yes');
    for (const [part, turn] of [
      ['planner', 1],
      ['limiter', 1],
      ['report', 0],
    ] as const) {
      const hold = models.hold({ when: (request) => about(plan.title, part)(request) && request.turn === turn });
      const running = start(home, models, part === 'planner' ? given : [...given, '--resume']);
      await Promise.race([hold.reached, running.ended.then((ended) => Promise.reject(new Error(ended.said)))]);
      running.child.kill('SIGKILL');
      said += (await running.ended).said;
      hold.release();
    }
    last = await run(home, models, [...given, '--resume']);
    said += last.said;
    after = everythingIn(shop);
  });
  afterAll(closeShop);

  it('pays for no recorded turn again', () => {
    const { planner, executors } = scripted;
    expect(last).toMatchObject({ code: 0 });
    expect(last.said).toMatch(/resumed {5}\d+ turns recorded for \$[\d.]+, not paid for again/);
    expect(turnsOf(planner.requests)).toEqual([0, 1, 1, 2]);
    expect(turnsOf(executors.get('limiter')?.requests)).toEqual([0, 1, 1]);
    expect(turnsOf(executors.get('report')?.requests)).toEqual([0, 0, 1]);
  });

  it('builds on branches of its own, and touches nothing that is checked out', () => {
    expect(after).toEqual(before);
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
    expect(git('rev-list', '--count', `main..${branch('report')}`)).toBe('4');
    expect(git('fsck', '--strict')).toBe('');

    paste(home, shop, 'git checkout --quiet README.md');
    paste(home, shop, lineWith(last.said, 'To merge it:'));
    expect(existsSync(join(shop, 'src/report.js'))).toBe(true);
    expect(git('log', '--format=%s')).toContain('Add metrics');
    paste(home, shop, lineWith(last.said, 'To remove it:'));
    expect(git('branch', '--format=%(refname:short)')).toBe('main');
    expect(existsSync(planPath())).toBe(false);
  });
});

describe('without a terminal, in several steps', () => {
  let title: string;
  let planner: ReturnType<typeof scriptShop>['planner'];
  let executors: ReturnType<typeof scriptShop>['executors'];
  let interrupted: Ended;
  let planned: Ended;
  let branchesThen: string;
  let unusable: Ended;
  let built: Ended;

  beforeAll(async () => {
    openShop();
    const plan = aSmallPlan();
    title = plan.title;
    ({ planner, executors } = scriptShop(models, plan));
    const hold = models.hold({ when: (request) => about(title, 'planner')(request) && request.turn === 1 });
    const running = start(home, models, command(title));
    await hold.reached;
    running.child.kill('SIGINT');
    await running.says('Stopping as soon as');
    hold.release();
    interrupted = await running.ended;

    planned = await run(home, models, command(title, '--resume'));
    branchesThen = git('branch', '--format=%(refname:short)');
    const text = readFileSync(planPath(), 'utf8');
    writeFileSync(planPath(), text.replaceAll('src/limiter.js', '.github/workflows/limiter.js'));
    unusable = await run(home, models, command(title, '--resume', '--yes'));
    writeFileSync(planPath(), text.replace('Add limiter', 'Add a limiter by hand'));
    built = await run(home, models, ['--repo', shop, '--resume', '--yes']);
  });
  afterAll(closeShop);

  it('Ctrl-C keeps the turn in flight and says how to continue', () => {
    expect(interrupted).toMatchObject({ code: 130 });
    expect(interrupted.said).toContain('Stopped. What is recorded is kept.');
    expect(planned.code).toBe(0);
    expect(turnsOf(planner.requests)).toEqual([0, 1, 2]);
  });

  it('stops after the plan, reads it back as it was edited, and says which lines cannot be used', () => {
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.said).toContain('The plan waits for your approval');
    expect(lineWith(planned.said, 'To continue:')).toMatch(/^planwright try --repo .* --resume 1$/);
    expect(branchesThen).toBe('main');

    expect(unusable.code).toBe(1);
    expect(unusable.said).toMatch(/PLAN\.md cannot be used as it is:\n {2}line \d+: .*\.github\/workflows/);

    expect(built).toMatchObject({ code: 0 });
    expect(git('log', '-1', '--format=%s', 'planwright/try-1/limiter')).toBe('Add a limiter by hand');
    expect(JSON.stringify(executors.get('limiter')?.requests[0]?.messages)).toContain('Add a limiter by hand');
  });
});

describe('stopped for want of money, of an answer and of a model, and continued', () => {
  let planner: ReturnType<typeof scriptShop>['planner'];
  let executors: ReturnType<typeof scriptShop>['executors'];
  let poor: Ended;
  let requestsOfPoor: number;
  let asked: Ended;
  let failed: Ended;
  let built: Ended;

  beforeAll(async () => {
    openShop();
    const plan = aSmallPlan();
    const question = { question: 'For each client, or for all?', why: 'It decides where the counter is.' };
    ({ planner, executors } = scriptShop(models, plan));
    models.script(
      (r) => about(plan.title, 'planner')(r) && !JSON.stringify(r.messages[0]).includes('For each client, please'),
      [{ calls: [{ name: 'ask_questions', input: { questions: [question] } }] }],
    );
    models.fault({ when: (r) => about(plan.title, 'limiter')(r) && r.turn === 1, times: 1, respond: { status: 401 } });

    poor = await run(home, models, command(plan.title, '--yes', '--max-usd', '0.01'));
    requestsOfPoor = models.requests.filter(about(plan.title, 'planner')).length;
    asked = await run(home, models, command(plan.title, '--resume', '--max-usd', '5'));
    failed = await run(home, models, command(plan.title, '--resume', '--replan', 'For each client, please', '--yes'));
    built = await run(home, models, command(plan.title, '--resume', '--yes'));
  });
  afterAll(closeShop);

  it('stops before it costs more than --max-usd, and continues with more', () => {
    expect(poor.code).toBe(1);
    expect(poor.said).toContain('could go beyond the limit of $0.01');
    expect(requestsOfPoor).toBe(0);
    expect(asked).toMatchObject({ code: 0 });
  });

  it('answers the planner first where it asks', () => {
    expect(asked.said).toContain('1. For each client, or for all?');
    expect(failed.said).toContain('revision 1');
    expect(planner.requests).toHaveLength(3);
  });

  it('continues where no model answered, once one does', () => {
    expect(failed.code).toBe(1);
    expect(failed.said).toMatch(/limiter +failed: .*key/);
    expect(built).toMatchObject({ code: 0 });
    expect(planner.requests).toHaveLength(3);
    expect(turnsOf(executors.get('limiter')?.requests)).toEqual([0, 1, 1]);
  });
});

describe('with --json', () => {
  beforeAll(openShop);
  afterAll(closeShop);

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
  beforeEach(openShop);
  afterEach(closeShop);

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
    await running.says('Add an edited limiter');
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
});
