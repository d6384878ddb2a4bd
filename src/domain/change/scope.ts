import type { Component } from '../plan/plan.ts';
import { globMatcher } from './glob.ts';
import { pathProblem } from './repository-path.ts';
import { isSensitive } from './sensitive-path.ts';

/** What no plan may touch in one repository. */
export interface ScopePolicy {
  /** This task's PLAN.md, its `{issue}` filled in. */
  readonly planPath: string;
  /** With the ending `.yml`; the file with `.yaml` counts as well. */
  readonly settingsPath: string;
  /** `execution.protected_paths`: globs. */
  readonly protectedPaths: readonly string[];
  /** Whether the installation grants `workflows`. Without it GitHub refuses the push. */
  readonly mayChangeWorkflows: boolean;
}

const WORKFLOWS = '.github/workflows/';

/**
 * Why `path` may not be touched, whatever the plan says, as the end of a sentence that begins with the path; null when a plan may
 * touch it. Case and Unicode composition are folded throughout: on some disks `.GitHub/Planwright.yml` is the settings file.
 */
export function forbiddenReason(path: string, policy: ScopePolicy): string | null {
  const problem = pathProblem(path);
  if (problem) return problem;
  const folded = fold(path);
  if (folded === fold(policy.planPath)) return 'is the plan itself, which is only changed by planning again';
  if (folded.replace(/\.yaml$/, '.yml') === fold(policy.settingsPath))
    return "holds Planwright's settings, which only people change";
  if (folded.startsWith(WORKFLOWS) && !policy.mayChangeWorkflows) {
    return 'is a GitHub Actions workflow, which this installation is not permitted to change';
  }
  const spelled = path.normalize('NFC');
  const protection = protections(policy.protectedPaths).find(({ covers }) => covers(spelled));
  return protection ? `is protected by the repository's settings (execution.protected_paths: ${protection.glob})` : null;
}

/**
 * Why a component may not touch `path`, as the end of a sentence that begins with the path; null when it may: the plan lists it for
 * this component, or `execution.extra_paths` has it. A sensitive file must be written out in one of the two, not matched.
 */
export function scopeViolation(
  component: Component,
  extraPaths: readonly string[],
  path: string,
  policy: ScopePolicy,
): string | null {
  const never = forbiddenReason(path, policy);
  if (never) return never;
  if (component.files.some((file) => file.path === path) || extraPaths.includes(path)) return null;
  if (!extraMatchers(extraPaths).some((matches) => matches(path))) return `is not among the files of component ${component.id}`;
  return isSensitive(path) ? MUST_BE_EXACT : null;
}

const MUST_BE_EXACT = 'is a sensitive file, which must be listed by its exact path';

/** A file that `execution.extra_paths` seems to open but does not; `reason` is the end of a sentence that begins with the path. */
export interface IneffectiveExtraPath {
  readonly path: string;
  readonly glob: string;
  readonly reason: string;
}

/** Files that the settings open without effect, so that people learn of it before they rely on it. `paths` are the repository's. */
export function ineffectiveExtraPaths(
  extraPaths: readonly string[],
  paths: Iterable<string>,
  policy: ScopePolicy,
): IneffectiveExtraPath[] {
  const matchers = extraMatchers(extraPaths).map((matches, i) => ({ glob: extraPaths[i] as string, matches }));
  return [...new Set([...extraPaths.filter((glob) => pathProblem(glob) === null), ...paths])].flatMap((path) => {
    const glob = matchers.find(({ matches }) => matches(path))?.glob;
    if (glob === undefined) return [];
    const reason = forbiddenReason(path, policy) ?? (isSensitive(path) && !extraPaths.includes(path) ? MUST_BE_EXACT : null);
    return reason === null ? [] : [{ path, glob, reason }];
  });
}

/** Globs of `execution.protected_paths` that match no existing file: perhaps a typing mistake that leaves something unprotected. */
export function ineffectiveProtections(globs: readonly string[], paths: Iterable<string>): readonly string[] {
  const idle = new Set(protections(globs));
  for (const path of paths) {
    if (idle.size === 0) break;
    const spelled = path.normalize('NFC');
    for (const protection of idle) if (protection.covers(spelled)) idle.delete(protection);
  }
  return [...idle].map(({ glob }) => glob);
}

interface Protection {
  readonly glob: string;
  readonly covers: (path: string) => boolean;
}

/** Compiles once for each list of settings, because a repository may have 80,000 files to match. */
function once<T>(compile: (glob: string) => T): (globs: readonly string[]) => readonly T[] {
  const compiled = new WeakMap<readonly string[], readonly T[]>();
  return (globs) => {
    const known = compiled.get(globs) ?? globs.map(compile);
    compiled.set(globs, known);
    return known;
  };
}

const protections = once((glob): Protection => ({ glob, covers: protection(glob) }));
const extraMatchers = once((glob) => globMatcher(glob));

/** Wider than a glob says, because a protection that fails open is none: `infra`, `infra/` and `*.pem` also hold further down. */
function protection(glob: string): (path: string) => boolean {
  const bare = glob.normalize('NFC').replace(/^\//, '').replace(/\/+$/, '');
  // Each side of a bar may be meant as an alternative, as in a regular expression.
  const matchers = [...new Set([bare, ...bare.split('|')])]
    .filter((part) => part !== '')
    .map((part) => globMatcher(part.includes('/') ? `${part}/**` : `**/${part}/**`, { wide: true }));
  return (path) => matchers.some((matches) => matches(path));
}

const fold = (path: string): string => path.normalize('NFC').toLowerCase();
