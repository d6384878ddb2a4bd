import picomatch from 'picomatch';
import type { Component } from './plan.ts';
import { pathProblem } from './repository-path.ts';
import { isSensitive } from './sensitive-path.ts';

/** What no plan may touch in one repository. */
export interface ScopePolicy {
  /** This task's PLAN.md, its `{issue}` filled in. */
  readonly planPath: string;
  readonly settingsPath: string;
  /** `execution.protected_paths`: globs. */
  readonly protectedPaths: readonly string[];
  /** Whether the installation grants `workflows`. Without it GitHub refuses the push. */
  readonly mayChangeWorkflows: boolean;
}

const WORKFLOWS = '.github/workflows/';

/**
 * Why nobody may touch `path`, whatever the plan says, as the end of a sentence that begins with the path; null when a plan may.
 * Case and accents' spelling are folded throughout: on some disks `.GitHub/Planwright.yml` is the settings file.
 */
export function neverAllowed(path: string, policy: ScopePolicy): string | null {
  const problem = pathProblem(path);
  if (problem) return problem;
  const folded = fold(path);
  if (folded === fold(policy.planPath)) return 'is the plan itself, which is only changed by planning again';
  if (folded === fold(policy.settingsPath)) return "holds Planwright's settings, which only people change";
  if (folded.startsWith(WORKFLOWS) && !policy.mayChangeWorkflows) {
    return 'is a GitHub Actions workflow, which this installation is not permitted to change';
  }
  const pattern = policy.protectedPaths.find((glob) => isProtected(path, glob));
  return pattern === undefined ? null : `is protected by the repository's settings (execution.protected_paths: ${pattern})`;
}

/**
 * Why a component may not touch `path`, as the end of a sentence that begins with the path; null when it may: the plan lists it for
 * this component, or `execution.extra_paths` has it. A sensitive file must be written out in one of the two, not matched.
 */
export function outOfScope(
  component: Component,
  extraPaths: readonly string[],
  path: string,
  policy: ScopePolicy,
): string | null {
  const never = neverAllowed(path, policy);
  if (never) return never;
  if (component.files.some((file) => file.path === path) || extraPaths.includes(path)) return null;
  const matched = extraPaths.some((glob) => picomatch.isMatch(path, glob, { dot: true, nonegate: true }));
  if (!matched) return `is not among the files of component ${component.id}`;
  return isSensitive(path) ? 'is a sensitive file, which must be listed by its exact path' : null;
}

/** Wider than a glob says, because a protection that fails open is none: `infra`, `infra/` and `*.pem` also hold further down. */
function isProtected(path: string, glob: string): boolean {
  const bare = glob.normalize('NFC').replace(/^\//, '').replace(/\/+$/, '');
  const anywhere = bare.includes('/') ? [bare] : [bare, `**/${bare}`];
  const spelled = path.normalize('NFC');
  return anywhere.some((pattern) => picomatch.isMatch(spelled, [pattern, `${pattern}/**`], { dot: true, nocase: true }));
}

const fold = (path: string): string => path.normalize('NFC').toLowerCase();
