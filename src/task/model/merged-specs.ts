import type { TaskRecord } from '../../domain/task/task-record.ts';

/** The spec hashes of merged components, by component id. */
export const mergedSpecs = ({ components }: TaskRecord): Record<string, string> =>
  Object.fromEntries(
    Object.entries(components).flatMap(([id, c]) => (c.state === 'merged' && c.goal ? [[id, c.goal.spec]] : [])),
  );
