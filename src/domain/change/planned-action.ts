import type { Component, PlannedFile } from '../plan/plan.ts';

/** Paths that can be looked up: a set, or a map by path. */
export interface Paths {
  has(path: string): boolean;
}

/** The change to one path: `content` null deletes it. */
export interface PathChange {
  readonly path: string;
  readonly content: object | null;
}

/** What is known of a path before and after a change. */
export interface Presence {
  /** Null: not known, or irrelevant because the change continues one that has begun. */
  readonly before: boolean | null;
  readonly after: boolean;
}

/**
 * Why the change to `path` is not the planned one, as the end of a sentence that begins with the path; null when it is, or when the
 * plan does not list the path. People approve the action with the path: `modify` stays, `delete` ends absent, `create` was absent.
 */
export function unplannedAction(component: Component, path: string, { before, after }: Presence): string | null {
  switch (actionOf(component, path)) {
    case 'delete':
      return after ? 'is to be deleted by the plan, not written' : null;
    case 'modify':
      if (!after) return 'is to be modified by the plan, not deleted or moved away';
      return before === false ? 'is to be modified by the plan, but it did not exist before' : null;
    case 'create':
      if (before === true) return 'is to be created by the plan, but it existed before';
      return before === null && !after ? 'is to be created by the plan, not deleted' : null;
    default:
      return null;
  }
}

/** The files of a component that are missing, or still present, contrary to its plan, as whole sentences. */
export const undoneActions = ({ files }: Component, after: Paths): string[] =>
  files.flatMap(({ path, action }) => {
    if (action === 'create' && !after.has(path)) return [`${path} is to be created by the plan, and is not there.`];
    return action === 'delete' && after.has(path) ? [`${path} is to be deleted by the plan, and is still there.`] : [];
  });

/** How a change differs from its component of the plan, a sentence each, in the order of the plan; `base` is what it changes. */
export function deviationsOf(component: Component, changes: readonly PathChange[], base: Paths): string[] {
  const changed = new Map(changes.map((change) => [change.path, change.content !== null]));
  const listed = component.files.flatMap((file) => {
    const before = base.has(file.path);
    const text = deviation(file, before, changed.get(file.path) ?? before, changed.has(file.path));
    return text === null ? [] : [`\`${file.path}\` ${text}.`];
  });
  const others = changes
    .filter(({ path }) => actionOf(component, path) === undefined)
    .map(({ path, content }) => {
      const what = content === null ? 'deleted' : base.has(path) ? 'changed' : 'created';
      return `\`${path}\` was ${what}; the plan does not list it.`;
    });
  return [...listed, ...others];
}

function deviation({ action }: PlannedFile, before: boolean, after: boolean, changed: boolean): string | null {
  if (action === 'delete') return after ? `was to be deleted, and ${changed ? 'was changed' : 'is still there'}` : null;
  if (action === 'modify') {
    if (!after) return before ? 'was to be modified, and was deleted' : 'was to be modified, and is not there';
    if (!changed) return 'was to be modified, and was left as it was';
    return before ? null : 'was to be modified, and was created';
  }
  if (!after) return before ? 'was to be created, and was deleted' : 'was to be created, and is not there';
  return before ? `was to be created, and existed before${changed ? '' : '; it was left as it was'}` : null;
}

const actionOf = ({ files }: Component, path: string): PlannedFile['action'] | undefined =>
  files.find((file) => file.path === path)?.action;
