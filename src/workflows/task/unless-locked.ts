import { ForgeError } from '../../ports/forge/forge-error.ts';

/** False where the conversation is locked: a comment that GitHub refuses there must not keep the task from continuing. */
export async function unlessLocked(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ForgeError && error.reason === 'locked') return false;
    throw error;
  }
}
