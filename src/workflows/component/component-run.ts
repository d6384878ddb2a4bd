import type { Component, Plan } from '../../domain/plan/plan.ts';
import type { ComponentWork } from '../../domain/task/work.ts';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { WorkflowPorts } from '../shared/ports.ts';
import type { ComponentInputs } from './load-inputs.ts';

/** One attempt at a component while it runs: its job, its inputs, and its ports. */
export interface ComponentRun {
  readonly ports: WorkflowPorts;
  readonly repo: RepositoryForge;
  readonly work: ComponentWork;
  readonly inputs: ComponentInputs;
  readonly plan: Plan;
  readonly component: Component;
}
