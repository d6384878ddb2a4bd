import { describe, expect, test } from '@jest/globals';
import { specHash } from '../../../src/domain/plan/spec-hash.ts';
import { renderRecord, renderStatusMarker } from '../../../src/domain/task/marker.ts';
import type { Job } from '../../../src/domain/task/task.ts';
import { STANDARD_BRANCHES } from '../../../src/domain/task/task-branches.ts';
import type { TaskRecord } from '../../../src/domain/task/task-record.ts';
import type { ComponentWork } from '../../../src/domain/task/work.ts';
import { renderPlanFile } from '../../../src/plan-file/render.ts';
import type { RepositoryForge } from '../../../src/ports/forge/forge.ts';
import type { Issue } from '../../../src/ports/forge/issues.ts';
import type { PullRequest } from '../../../src/ports/forge/pulls.ts';
import { verifyBeforePublish } from '../../../src/task/components/verify-before-publish.ts';
import { aPull, aRecord, aView, BLOB, component, PLAN } from '../a-view.ts';

const HEAD = 'f'.repeat(40);
const { task, issue } = aView();
const parent = aPull({ number: 15, headRef: 'planwright/issue-12/store' });
const own = aPull({ number: 16, headRef: 'planwright/issue-12/limiter', headSha: HEAD, baseRef: parent.headRef });
const ON_STORE = { component: 'store', pull: 15, sha: 'e'.repeat(40) };

/** Work on `limiter`, which is stacked on `store`. */
const work = (job: Job): ComponentWork => ({
  kind: 'component',
  task,
  component: 'limiter',
  attempt: 2,
  branches: STANDARD_BRANCHES,
  requester: null,
  branch: own.headRef,
  job,
  addressed: [],
  parent: { ...ON_STORE, branch: parent.headRef, below: [] },
  needs: [],
  contains: [],
  stack: ON_STORE,
  planPull: 13,
  planPath: 'PLAN.md',
  planCommit: 'c'.repeat(40),
  blob: BLOB,
  spec: specHash(PLAN, 'limiter'),
});
const BUILD: Job = { kind: 'build', base: ON_STORE };
const REVISE: Job = { kind: 'revise', by: 'wanda', at: '', notes: '', head: HEAD };
const FIX: Job = { kind: 'fix', head: HEAD, checks: ['test'] };
const GENERATE: Job = { kind: 'generate', head: HEAD, run: 1, url: '', since: null };

interface OnGitHub {
  readonly below?: Partial<PullRequest>;
  readonly own?: Partial<PullRequest>;
  readonly issue?: Partial<Issue>;
  readonly record?: Partial<TaskRecord>;
}

/** The part of GitHub that is read before anything is published. */
function github(on: OnGitHub): RepositoryForge {
  const file = renderPlanFile(PLAN, { issue: 12, revision: 1, model: 'anthropic/p', commit: 'd'.repeat(40) });
  const record = aRecord({ components: { store: component('store', 'open', { pull: 15 }) }, ...on.record });
  const pulls = [aPull(), { ...parent, ...on.below }, { ...own, ...on.own }];
  return {
    issue: async () => ({ ...issue, ...on.issue }),
    comments: async () => [{ mine: true, body: `${renderStatusMarker(12, 'executing')}\n${renderRecord(record)}` }],
    pullRequest: async (number: number) => pulls.find((pull) => pull.number === number) ?? null,
    pullRequestsFrom: async (branch: string) => pulls.filter((pull) => pull.headRef === branch),
    file: async () => ({ sha: BLOB, text: file }),
  } as unknown as RepositoryForge;
}

const CLOSED = { state: 'closed' } as const;
const store = (state: 'held' | 'merged') => ({ components: { store: component('store', state, { pull: 15 }) } });

describe('what is published', () => {
  test.each<[string, Job, OnGitHub, boolean]>([
    ['a build on an open parent', BUILD, {}, true],
    ['a build on a closed parent', BUILD, { below: CLOSED, record: store('held') }, false],
    ['a build on a merged parent', BUILD, { below: { ...CLOSED, merged: true } }, true],
    ['a build on a parent that a queue has landed', BUILD, { below: CLOSED, record: store('merged') }, true],
    // These write only to a branch that contains the parent already.
    ['a revision on a closed parent', REVISE, { below: CLOSED, record: store('held') }, true],
    ['a fix on a closed parent', FIX, { below: CLOSED, record: store('held') }, true],
    ['a generated patch on a closed parent', GENERATE, { below: CLOSED, record: store('held') }, true],
    ['a revision of a pull request that is closed itself', REVISE, { own: CLOSED }, false],
    ['a fix of another head', FIX, { own: { headSha: 'a'.repeat(40) } }, false],
    ['a revision of a cancelled task', REVISE, { record: { cancelled: true } }, false],
    ['a revision on an issue that was closed since', REVISE, { issue: { state: 'closed', closedAt: null } }, false],
  ])('%s', async (_, job, on, expected) => {
    expect(await verifyBeforePublish(github(on), work(job))).toBe(expected);
  });
});
