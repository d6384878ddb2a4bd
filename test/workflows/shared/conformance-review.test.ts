import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { priceOfWith } from '../../../src/adapters/prices/price-of.ts';
import { SHIPPED_PRICES } from '../../../src/adapters/prices/shipped-prices.ts';
import type { LoopPorts } from '../../../src/agent/loop.ts';
import type { ChangeSet } from '../../../src/domain/change/change-set.ts';
import type { Json } from '../../../src/domain/json.ts';
import { NO_USAGE } from '../../../src/domain/model/usage.ts';
import { failure, success } from '../../../src/domain/outcome.ts';
import type { ReviewFinding } from '../../../src/domain/plan/review-finding.ts';
import type { ModelFailure, TurnRequest } from '../../../src/ports/model.ts';
import { componentBody } from '../../../src/replies/pages/component-pull-request.ts';
import { conformanceNote } from '../../../src/replies/phrases/conformance-report.ts';
import { reviewAgainstPlan } from '../../../src/workflows/shared/conformance-review.ts';
import { aJob } from '../../executor/a-job.ts';
import { memorySnapshot } from '../../executor/memory-snapshot.ts';
import { BEFORE, COMPONENT, DEVIATIONS, FAITHFUL, FAITHFUL_VARIANTS } from '../../reviewer/deviations.ts';
import { findDeviations } from '../../reviewer/mechanical-reviewer.ts';
import { aPlan } from '../../support/shop.ts';

const OPUS = 'anthropic/claude-opus-5-5';
const HAIKU = 'anthropic/claude-haiku-5-5';
const SUMMARY = 'Made the limiter.\n- [x] Each key has a bucket of its own. (shown by `test/limiter.test.js`)';

const snapshot = memorySnapshot(BEFORE);
const job = aJob({ models: [HAIKU], planFile: 'the plan', component: COMPONENT, snapshot });

const changesOf = (files: Readonly<Record<string, string>>): ChangeSet =>
  COMPONENT.files.map(({ path }) => ({ path, mode: '100644', content: Buffer.from(files[path] ?? '') }));

type Call = { readonly name: string; readonly input: Json };
type Says = (request: TurnRequest, nth: number) => Promise<Call | ModelFailure> | Call | ModelFailure;

const textOf = ({ messages }: TurnRequest): string =>
  messages
    .map((m) => (m.role === 'user' ? m.text : m.role === 'tools' ? m.results.map((r) => r.content).join('\n') : ''))
    .join('\n');
const submit = (findings: readonly ReviewFinding[]): Call => ({ name: 'submit_review', input: { findings } as unknown as Json });
const mechanically: Says = async (request) => submit(await findDeviations(textOf(request)));
/** Writes the file that was objected to as the plan says, and finishes. */
const correcting =
  (path: string): Says =>
  (_, nth) =>
    nth === 0
      ? { name: 'overwrite_file', input: { path, content: FAITHFUL[path] ?? '' } }
      : { name: 'finish', input: { summary: SUMMARY.replace('Made', 'Made and corrected') } };
const insisting: Says = () => ({ name: 'finish', input: { summary: '1. Not changed: the plan does not ask for it.' } });

/** Reviews; a token for every four characters. `cutAt`: the process dies before this step is recorded, and another one continues. */
async function reviewed(files: Readonly<Record<string, string>>, says: { readonly reviewer: Says; readonly executor?: Says }) {
  const asked: { readonly who: string; readonly at: number }[] = [];
  const recorded = new Map<number, unknown>();
  const run = async (cutAt: number | null) => {
    let step = 0;
    const ports: LoopPorts = {
      models: {
        async turn(request) {
          const isReviewer = request.tools.some((tool) => tool.name === 'submit_review');
          asked.push({ who: isReviewer ? 'reviewer' : 'executor', at: step });
          const nth = request.messages.filter((m) => m.role === 'assistant').length;
          const said = await (isReviewer ? says.reviewer : (says.executor ?? insisting))(request, nth);
          if ('message' in said) return failure(said);
          const usage = { ...NO_USAGE, input: Math.ceil((request.system.length + textOf(request).length) / 4), output: 400 };
          const calls = [{ id: `call_${asked.length}`, ...said }];
          return success({ model: request.model, text: '', calls, stop: 'calls' as const, usage, reasoning: null, replay: null });
        },
        knows: async () => 'unknown',
      },
      clock: { now: () => 0, sleep: async () => {} },
      priceOf: priceOfWith([SHIPPED_PRICES]),
      async record<T>(_: string, act: () => Promise<T>): Promise<T> {
        step += 1;
        const known = recorded.get(step);
        if (known !== undefined) return known as T;
        if (step === cutAt) throw new Error('killed');
        const value = await act();
        recorded.set(step, JSON.parse(JSON.stringify(value)));
        return value;
      },
    };
    const done = { changes: changesOf(files), summary: SUMMARY };
    return reviewAgainstPlan(job, { models: [OPUS], effort: 'high' }, ports, done);
  };
  const result = await run(null);
  const whole = asked.map(({ who }) => who);
  const turns = [...asked];
  // Killed before any of its steps, what is recorded is not asked for again, and the rest is asked once.
  for (const cut of [...recorded.keys()]) {
    for (const step of recorded.keys()) if (step >= cut) recorded.delete(step);
    asked.length = 0;
    await expect(run(cut)).rejects.toThrow('killed');
    expect(await run(null)).toEqual(result);
    expect(asked).toEqual(turns.filter(({ at }) => at >= cut));
  }
  return { result, asked: whole, usd: result.report.spend.reduce((sum, { usd }) => sum + (usd ?? 0), 0) };
}

const bodyOf = ({ result }: Awaited<ReturnType<typeof reviewed>>): string => {
  if (result.kind !== 'reviewed') throw new Error('it was blocked');
  const place = {
    issue: 7,
    blob: 'b'.repeat(40),
    planPull: 2,
    plan: aPlan([COMPONENT]),
    siblings: new Map(),
    stack: null,
    dashboard: null,
  };
  return componentBody({
    ...place,
    component: COMPONENT,
    summary: result.summary,
    deviations: [],
    conformance: result.report,
    spend: [{ model: HAIKU, turns: 2, usage: { ...NO_USAGE, output: 100 }, usd: 0.01, ms: 1_000 }],
  });
};

describe('a component that deviates from the plan', () => {
  it.each(DEVIATIONS)('is found and corrected: $name', async ({ files, path, criterion }) => {
    const review = await reviewed(files, { reviewer: mechanically, executor: correcting(path) });
    expect(review.asked).toEqual(['reviewer', 'executor', 'executor', 'reviewer']);
    const { result } = review;
    expect(result).toMatchObject({ kind: 'reviewed', report: { found: 1, remaining: [], unreviewed: null } });
    expect(result.kind === 'reviewed' && result.changes.map((c) => c.content?.toString())).toEqual(
      changesOf(FAITHFUL).map((c) => c.content?.toString()),
    );
    expect(bodyOf(review)).not.toContain('[!WARNING]');
    expect(bodyOf(review)).toMatch(
      /Reviewed against the plan by `anthropic\/claude-opus-5-5` for \$0\.\d+: 1 finding, none open\./,
    );

    // The same where the executor insists: people are told, with the place, and no criterion is ticked that is disputed.
    const insisted = await reviewed(files, { reviewer: mechanically });
    expect(insisted.asked).toEqual(['reviewer', 'executor']);
    const [open] = insisted.result.report.remaining;
    expect(open).toMatchObject({ path, criterion: COMPONENT.acceptance_criteria[criterion] });
    expect(typeof open?.line).toBe('number');
    const top = bodyOf(insisted).split('\n').slice(0, 6).join('\n');
    expect(top).toContain('> Not as planned, according to the review against the plan:');
    expect(top).toContain(`> - \`${path}\`, line ${open?.line}: ${open?.problem.slice(0, 20)}`);
    expect(top).toContain('The executor answers: Not changed: the plan does not ask for it.');
    expect(bodyOf(insisted).includes('- [x] Each key has')).toBe(criterion !== 3);
  });

  it.each(FAITHFUL_VARIANTS)('is no finding where the plan leaves room: $name', async ({ files }) => {
    const review = await reviewed(files, { reviewer: mechanically });
    expect(review.asked).toEqual(['reviewer']);
    expect(review.result).toMatchObject({ kind: 'reviewed', report: { found: 0, remaining: [] }, spend: [] });
    expect(bodyOf(review)).toContain(': nothing found.');
    expect(review.usd).toBeLessThan(0.05);
  });
});

describe('a reviewer that', () => {
  const odd = (more: Partial<ReviewFinding>): ReviewFinding => ({
    criterion: '4',
    path: 'src/server.js',
    line: 9,
    problem: 'It is slow.',
    ...more,
  });

  it('names files of no concern is corrected, and a line that is not there is left out', async () => {
    const review = await reviewed(FAITHFUL, {
      reviewer: (_, nth) => submit([odd({ path: nth === 0 ? 'src/orders.js' : 'src/server.js', line: 9_999 })]),
    });
    expect(review.asked).toEqual(['reviewer', 'reviewer', 'executor']);
    expect(review.result.report.remaining).toMatchObject([
      { criterion: COMPONENT.acceptance_criteria[3], line: null, answer: 'Not changed: the plan does not ask for it.' },
    ]);
  });

  it('keeps submitting what cannot be used does not cost the component, and the pull request says so', async () => {
    const review = await reviewed(FAITHFUL, { reviewer: () => ({ name: 'submit_review', input: { findings: 'none' } }) });
    expect(review.asked).toEqual(['reviewer', 'reviewer', 'reviewer']);
    expect(bodyOf(review)).toContain('> Not reviewed against the plan: the limit of 3 model turns was reached');
  });

  it('cannot be reached does not cost the component', async () => {
    const review = await reviewed(FAITHFUL, {
      reviewer: () => ({ kind: 'unavailable', message: 'the model cannot be reached (529).' }),
    });
    expect(bodyOf(review)).toContain('> Not reviewed against the plan: the model cannot be reached (529).');
    expect(review.result.report.spend).toEqual([]);
  });

  it('objects after the correction as well is reported with what it says then', async () => {
    const deviation = DEVIATIONS[7] as (typeof DEVIATIONS)[number];
    let reviews = 0;
    const review = await reviewed(deviation.files, {
      reviewer: (request) => {
        const isCorrected = textOf(request).includes('status: 429');
        reviews += 1;
        return submit([odd({ problem: isCorrected ? 'It still has no test.' : 'It answers 503.' })]);
      },
      executor: correcting(deviation.path),
    });
    expect(reviews).toBeGreaterThan(1);
    expect(conformanceNote(review.result.report)).toContain('It still has no test.');
    expect(conformanceNote(review.result.report)).not.toContain('It answers 503.');
    expect(bodyOf(review)).toContain('1 finding, 1 open.');
  });

  it('cannot be reached for the second review leaves the first findings standing', async () => {
    const deviation = DEVIATIONS[7] as (typeof DEVIATIONS)[number];
    const review = await reviewed(deviation.files, {
      reviewer: (request) =>
        textOf(request).includes('status: 429')
          ? { kind: 'unavailable', message: 'it is down.' }
          : submit([odd({ problem: 'It answers 503.' })]),
      executor: correcting(deviation.path),
    });
    const note = conformanceNote(review.result.report);
    expect(note).toContain('Corrected after the review against the plan, but not reviewed again: it is down.');
    expect(note).toContain('It answers 503.');
  });

  it('writes markup, mentions and secrets into a finding changes nothing but a line of text', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs1', format: 'pem' });
    const problem = `Bad.\n\n# Heading\n@olga closes #1 <img src=x> ![x](https://evil.example/x.png)`;
    const review = await reviewed(FAITHFUL, {
      reviewer: (_, nth) => submit([odd({ problem: nth === 0 ? `It holds ${key}.` : problem })]),
    });
    expect(review.asked[1]).toBe('reviewer');
    const top = bodyOf(review).split('\n').slice(0, 5).join('\n');
    expect(top).not.toMatch(/\n# Heading|@olga|closes #1|<img|!\[x\]/);
  });
});

describe('an executor that corrects', () => {
  const findings = [{ criterion: '4', path: 'src/server.js', line: 9, problem: 'It answers 503.' }];

  it('and flags a blocker blocks the component, and what reviewing cost is kept', async () => {
    const blocker = { kind: 'contradiction', plan_clause: '429', evidence: 'The proxy forbids it.', proposal: 'Use 503.' };
    const { result } = await reviewed(FAITHFUL, {
      reviewer: () => submit(findings),
      executor: () => ({ name: 'flag_blocker', input: blocker }),
    });
    expect(result).toMatchObject({ kind: 'blocked', blocker });
    expect(result.report.spend).toHaveLength(1);
  });

  it('and breaks what was planned keeps the change it had, with the findings', async () => {
    const { result } = await reviewed(FAITHFUL, {
      reviewer: () => submit(findings),
      executor: (_, nth) =>
        nth === 0 ? { name: 'delete_file', input: { path: 'src/limiter.js' } } : { name: 'finish', input: { summary: 'Gone.' } },
    });
    expect(result).toMatchObject({
      kind: 'reviewed',
      summary: SUMMARY,
      report: { found: 1, remaining: [{ problem: 'It answers 503.' }] },
    });
    expect(result.kind === 'reviewed' && result.changes).toHaveLength(3);
  });

  it('and cannot be reached keeps the change it had, with the findings', async () => {
    const { result } = await reviewed(FAITHFUL, {
      reviewer: () => submit(findings),
      executor: () => ({ kind: 'unavailable', message: 'it is down.' }),
    });
    expect(result).toMatchObject({ kind: 'reviewed', summary: SUMMARY, report: { found: 1, unreviewed: null } });
  });
});
