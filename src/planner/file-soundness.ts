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
  /** Existing paths that are the same but for case or for the form of their accents, by planned path. */
  readonly twins: ReadonlyMap<string, string>;
  /** Existing folders that are the same but for the form of their accents, by planned folder. */
  readonly folderTwins: ReadonlyMap<string, string>;
  /** Planned paths that are directories. */
  readonly directories: ReadonlyMap<string, string>;
}

function lookInto(paths: KnownFiles, touches: readonly Touch[]): Tree {
  const wanted = Map.groupBy(
    touches.map(({ path }) => path),
    fold,
  );
  const folders = new Set(touches.map(({ path }) => path));
  const accented = Map.groupBy(
    touches.flatMap(({ path }) => foldersOf(path).filter((folder) => !isAscii(folder))),
    composed,
  );
  const twins = new Map<string, string>();
  const folderTwins = new Map<string, string>();
  const existingFolders = new Set<string>();
  const directories = new Map<string, string>();
  for (const existing of paths.keys()) {
    for (const planned of wanted.get(fold(existing)) ?? []) if (planned !== existing) twins.set(planned, existing);
    for (let slash = existing.indexOf('/'); slash !== -1; slash = existing.indexOf('/', slash + 1)) {
      const folder = existing.slice(0, slash);
      if (folders.has(folder)) directories.set(folder, existing);
      if (accented.size === 0) continue;
      for (const planned of accented.get(composed(folder)) ?? []) {
        if (planned === folder) existingFolders.add(planned);
        else folderTwins.set(planned, folder);
      }
    }
  }
  for (const folder of existingFolders) folderTwins.delete(folder);
  return { twins, folderTwins, directories };
}

/**
 * An accent may be one character with its letter or one of its own (macOS used to store it like that): git has two names, and a reader sees
 * one.
 */
const composed = (path: string): string => (isAscii(path) ? path : path.normalize('NFC'));
const fold = (path: string): string => composed(path).toLowerCase();
const isAscii = (path: string): boolean => /^[ -~]*$/.test(path);
const looksTheSame = (one: string, other: string): boolean => composed(one) === composed(other);
const OTHER_FORM = 'with its accents in another Unicode form';

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
  const twin = tree.twins.get(path);
  if (twin !== undefined && looksTheSame(twin, path))
    return [finding('existence', touch, `exists ${OTHER_FORM}: copy the path from what list_files says.`)];
  // What is there in another case cannot be created either.
  if (twin !== undefined) return [finding('existence', touch, `does not exist; did you mean ${twin}?`)];
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
  const inPlan = others.find((other) => other.path !== path && fold(other.path) === fold(path))?.path;
  const twin = tree.twins.get(path) ?? inPlan;
  if (twin && !isDeletedBefore(touch, touches, twin)) {
    if (!looksTheSame(twin, path))
      return [
        finding('collision', touch, `differs from ${twin} only in case, which many disks cannot hold: choose another path.`),
      ];
    return twin === inPlan
      ? [finding('collision', touch, 'is created twice, each with its accents in another Unicode form: choose another path.')]
      : [
          finding(
            'collision',
            touch,
            `exists ${OTHER_FORM}: its action is modify, with the path copied from what list_files says.`,
          ),
        ];
  }
  const other = foldersOf(path).find((f) => tree.folderTwins.has(f));
  return other === undefined
    ? []
    : [
        finding(
          'collision',
          touch,
          `lies below ${other}, which exists ${OTHER_FORM}: copy the folder from what list_files says.`,
        ),
      ];
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
