import { nearestOf } from '../agent/files/nearest-paths.ts';
import type { FileMode } from '../domain/change/change-set.ts';
import { pathProblem } from '../domain/change/repository-path.ts';
import { forbiddenReason, type ScopePolicy } from '../domain/change/scope.ts';
import { transitiveDependencies } from '../domain/plan/component-graph.ts';
import type { Plan, PlannedFile } from '../domain/plan/plan.ts';
import type { PlanFinding, PlanPath } from '../domain/plan/plan-finding.ts';
import { specHash } from '../domain/plan/spec-hash.ts';

/** The paths of a repository, with their modes where these are known: a set, or a map by path. */
export interface KnownFiles {
  has(path: string): boolean;
  keys(): Iterable<string>;
  get?(path: string): { readonly mode: FileMode } | undefined;
}

/** One file of one component, with the components that come before it. */
interface Touch extends PlannedFile {
  readonly component: string;
  /** The component's index; ids may be doubled, indices are not. */
  readonly index: number;
  readonly at: PlanPath;
  readonly dependencies: ReadonlySet<string>;
}

/** Every rule about the files of a plan, in the order of the plan. */
export function checkFiles(
  plan: Plan,
  context: ScopePolicy & { readonly paths: KnownFiles; readonly merged?: Readonly<Record<string, string>> },
): PlanFinding[] {
  const kept = (id: string): boolean => context.merged?.[id] !== undefined && context.merged[id] === specHash(plan, id);
  const touches = plan.components.flatMap(({ id, files }, index) => {
    const dependencies = transitiveDependencies(plan, id);
    return files.map(
      (file, i): Touch => ({ ...file, component: id, index, at: ['components', index, 'files', i, 'path'], dependencies }),
    );
  });
  const tree = lookInto(context.paths, touches);
  return touches.flatMap((touch, position) => {
    const earlier = touches.slice(0, position);
    const findings = [...checkShared(touch, earlier)];
    const allowed = checkAllowed(touch, context);
    // Whether a forbidden path exists does not matter, and saying so would only invite another spelling of it.
    if (allowed.length > 0) findings.push(...allowed);
    else if (!kept(touch.component)) findings.push(...checkExistence(touch, touches, context.paths, tree));
    return findings;
  });
}

const finding = (rule: string, { path, component, at }: Touch, says: string): PlanFinding => ({
  rule,
  message: `${path} (${component}) ${says}`,
  at,
  component,
  path,
});

function checkAllowed(touch: Touch, policy: ScopePolicy): PlanFinding[] {
  const problem = pathProblem(touch.path);
  if (problem) return [finding('path', touch, `${problem}.`)];
  const never = forbiddenReason(touch.path, policy);
  return never ? [finding('protected-path', touch, `${never}: leave it out of the plan.`)] : [];
}

function checkShared(touch: Touch, earlier: readonly Touch[]): PlanFinding[] {
  return earlier
    .filter(
      (other) =>
        other.path === touch.path && !touch.dependencies.has(other.component) && !other.dependencies.has(touch.component),
    )
    .map((other) =>
      other.index === touch.index
        ? finding('shared-file', touch, 'is listed twice in this component: list it once, with everything that changes in it.')
        : finding(
            'shared-file',
            touch,
            `is touched by ${other.component}, too: let one of the two depend on the other, or leave the file to one of them.`,
          ),
    );
}

/** What exists at the paths of planned files, found in one pass over the repository's paths. */
interface Tree {
  /** Existing paths that are the same but for case, by planned path. */
  readonly otherCase: ReadonlyMap<string, string>;
  /** Planned paths that are directories. */
  readonly directories: ReadonlyMap<string, string>;
}

function lookInto(paths: KnownFiles, touches: readonly Touch[]): Tree {
  const wanted = new Map(touches.map(({ path }) => [path.toLowerCase(), path]));
  const folders = new Set(touches.map(({ path }) => path));
  const otherCase = new Map<string, string>();
  const directories = new Map<string, string>();
  for (const existing of paths.keys()) {
    const planned = wanted.get(existing.toLowerCase());
    if (planned !== undefined && planned !== existing) otherCase.set(planned, existing);
    for (let slash = existing.indexOf('/'); slash !== -1; slash = existing.indexOf('/', slash + 1)) {
      const folder = existing.slice(0, slash);
      if (folders.has(folder)) directories.set(folder, existing);
    }
  }
  return { otherCase, directories };
}

function checkExistence(touch: Touch, touches: readonly Touch[], paths: KnownFiles, tree: Tree): PlanFinding[] {
  const { path, action, dependencies } = touch;
  const before = touches.filter((other) => dependencies.has(other.component) && other.index !== touch.index);
  const creator = before.find((other) => other.path === path && other.action === 'create');
  if (action === 'create') {
    return creator && !paths.has(path)
      ? [
          finding(
            'existence',
            touch,
            `is created by ${creator.component} already, on which this component depends: its action is modify.`,
          ),
        ]
      : checkCreation(touch, touches, paths, tree);
  }

  const remover = before.find((other) => other.path === path && other.action === 'delete');
  if (remover)
    return [
      finding(
        'existence',
        touch,
        `is deleted by ${remover.component}, on which this component depends: leave it out of one of them.`,
      ),
    ];
  if (creator) return [];
  if (paths.has(path)) return checkEditable(touch, paths);
  const later = touches.find((other) => other.path === path && other.action === 'create' && other.index !== touch.index);
  if (later)
    return [
      finding(
        'existence',
        touch,
        `is created by ${later.component}: add ${later.component} to depends_on of ${touch.component}.`,
      ),
    ];
  if (tree.directories.has(path)) return [finding('existence', touch, 'is a directory: list the files in it one by one.')];
  const nearest = nearestOf(path, paths.keys());
  const what = `does not exist${nearest ? `; did you mean ${nearest}?` : '.'}`;
  return [finding('existence', touch, action === 'modify' ? `${what} If it is new, its action is create.` : what)];
}

/** Findings about changes that the executor's tools cannot make. */
function checkEditable(touch: Touch, paths: KnownFiles): PlanFinding[] {
  const mode = paths.get?.(touch.path)?.mode;
  if (mode === '160000')
    return [finding('not-text', touch, 'is a submodule, whose files belong to another repository: leave it out.')];
  if (mode === '120000' && touch.action === 'modify') {
    return [finding('not-text', touch, 'is a symbolic link, which cannot be edited: list the file it points to.')];
  }
  return [];
}

function checkCreation(touch: Touch, touches: readonly Touch[], paths: KnownFiles, tree: Tree): PlanFinding[] {
  const { path } = touch;
  if (paths.has(path))
    return [finding('existence', touch, 'exists already: its action is modify, or the new file needs another path.')];
  const below = tree.directories.get(path);
  if (below) return [finding('collision', touch, `is a directory (it holds ${below}): choose another path.`)];
  const others = touches.filter((other) => other !== touch && other.action === 'create');
  const folder = foldersOf(path).find((f) => paths.has(f) || others.some((other) => other.path === f));
  if (folder && !isDeletedBefore(touch, touches, folder)) {
    return [finding('collision', touch, `lies below ${folder}, which is a file: choose another path.`)];
  }
  const twin =
    tree.otherCase.get(path) ??
    others.find((other) => other.path !== path && other.path.toLowerCase() === path.toLowerCase())?.path;
  if (twin && !isDeletedBefore(touch, touches, twin)) {
    return [finding('collision', touch, `differs from ${twin} only in case, which many disks cannot hold: choose another path.`)];
  }
  return [];
}

const isDeletedBefore = (touch: Touch, touches: readonly Touch[], path: string): boolean =>
  touches.some(
    (o) => o.path === path && o.action === 'delete' && (o.index === touch.index || touch.dependencies.has(o.component)),
  );

const foldersOf = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, index, folders) => folders.slice(0, index + 1).join('/'));
