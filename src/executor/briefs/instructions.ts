import { instructionFiles, instructionTexts } from '../../agent/files/instruction-files.ts';
import { workspaceOf } from '../../agent/files/workspace.ts';
import type { Component } from '../../domain/plan/plan.ts';
import type { Snapshot } from '../../ports/snapshot.ts';

/** Characters for the files' text: sent with every turn of the component, though read from the cache after the first. */
const BUDGET = 5_000;

/**
 * How work is done where a component's files are, in the repository's own words: the nearest instruction files first, then those of
 * the root. `base` is a commit that people have merged, never a component's branch, where a model may have written these files.
 */
export async function repositoryInstructions(component: Component, base: Snapshot): Promise<string[]> {
  const workspace = workspaceOf(base);
  const directories = component.files.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  const { root, nearest } = instructionFiles([...(await workspace.files()).keys()], directories);
  return instructionTexts([...nearest, ...root], workspace, BUDGET);
}
