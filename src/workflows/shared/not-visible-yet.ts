import { ForgeError } from '../../ports/forge/forge-error.ts';

/** For a step that is tried again until GitHub shows what it must have. */
export const notVisibleYet = (branch: string): ForgeError =>
  new ForgeError(`GitHub does not show the branch ${branch} as it was announced`, 404, null, 'not_visible_yet');
