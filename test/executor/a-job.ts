import type { ExecutionJob } from '../../src/executor/implement.ts';

/** What every execution has to be given. */
type Needed = Pick<ExecutionJob, 'models' | 'planFile' | 'component' | 'snapshot'>;

/** A first attempt on the default branch's own ground, unless `more` says otherwise. */
export const aJob = ({ snapshot, ...more }: Needed & Partial<ExecutionJob>): ExecutionJob => ({
  effort: 'low',
  maxTurns: 40,
  cacheKey: 'execute:olga/shop#7',
  instructions: '',
  snapshot,
  base: snapshot,
  given: [],
  conflicts: [],
  situation: null,
  mayBeUnchanged: false,
  extraPaths: [],
  policy: { planPath: 'PLAN.md', settingsPath: '.github/planwright.yml', protectedPaths: [], mayChangeWorkflows: false },
  ...more,
});
