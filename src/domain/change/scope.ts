import picomatch from 'picomatch';
import type { Component } from '../plan/plan.ts';
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
  const spelled = path.normalize('NFC');
  const protection = protections(policy.protectedPaths).find(({ covers }) => covers(spelled));
  return protection ? `is protected by the repository's settings (execution.protected_paths: ${protection.glob})` : null;
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
  if (!extraPaths.some((glob) => globMatcher(glob)(path))) return `is not among the files of component ${component.id}`;
  return isSensitive(path) ? MUST_BE_EXACT : null;
}

const MUST_BE_EXACT = 'is a sensitive file, which must be listed by its exact path';

/** A file that `execution.extra_paths` seems to open and does not; `reason` is the end of a sentence that begins with the path. */
export interface Unopened {
  readonly path: string;
  readonly glob: string;
  readonly reason: string;
}

/** What a repository's settings say in vain, so that it is said before somebody relies on it. `paths` are the repository's. */
export function unopened(extraPaths: readonly string[], paths: Iterable<string>, policy: ScopePolicy): Unopened[] {
  const matchers = extraPaths.map((glob) => ({ glob, matches: globMatcher(glob) }));
  return [...new Set([...extraPaths.filter((glob) => pathProblem(glob) === null), ...paths])].flatMap((path) => {
    const glob = matchers.find(({ matches }) => matches(path))?.glob;
    if (glob === undefined) return [];
    const reason = neverAllowed(path, policy) ?? (isSensitive(path) && !extraPaths.includes(path) ? MUST_BE_EXACT : null);
    return reason === null ? [] : [{ path, glob, reason }];
  });
}

const globMatcher = (glob: string): ((path: string) => boolean) => picomatch(glob, { dot: true, nonegate: true });

interface Protection {
  readonly glob: string;
  readonly covers: (path: string) => boolean;
}

/** Compiled once for each list of settings: a repository of 80,000 files asks for each of them. */
const compiled = new WeakMap<readonly string[], readonly Protection[]>();

function protections(globs: readonly string[]): readonly Protection[] {
  const known = compiled.get(globs) ?? globs.map((glob) => ({ glob, covers: protection(glob) }));
  compiled.set(globs, known);
  return known;
}

/** Wider than a glob says, because a protection that fails open is none: `infra`, `infra/` and `*.pem` also hold further down. */
function protection(glob: string): (path: string) => boolean {
  const bare = glob.normalize('NFC').replace(/^\//, '').replace(/\/+$/, '');
  const anywhere = bare.includes('/') ? [bare] : [bare, `**/${bare}`];
  const matches = picomatch(
    anywhere.flatMap((pattern) => [pattern, `${pattern}/**`]),
    { dot: true, nocase: true },
  );
  const folder = anywhere.length === 1 ? literalFolder(bare) : null;
  return folder === null ? matches : (path) => folder.test(path) && matches(path);
}

/**
 * The folders that a glob begins with before anything in it is a pattern: a hundred globs for each of 80,000 files take 15 s to match, and
 * under a second when only the paths in those folders are. Null for what is not plain ASCII, where letters fold in other ways.
 */
function literalFolder(glob: string): RegExp | null {
  const folder = /^[^|]*$/.test(glob) ? /^[\w-](?:[\w.-]|\/(?=[\w.-]))*(?=\/)/.exec(glob)?.[0] : undefined;
  // `src/**` holds for `src` itself, too.
  return folder === undefined ? null : new RegExp(`^${folder.replaceAll('.', '\\.')}(?:/|$)`, 'i');
}

const fold = (path: string): string => path.normalize('NFC').toLowerCase();
