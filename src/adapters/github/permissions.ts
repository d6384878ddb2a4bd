import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { ForgeError } from '../../ports/forge/forge-error.ts';
import type { Permission } from '../../ports/forge/people.ts';
import type { Access } from './access.ts';
import { orNull } from './client/github-error.ts';

/**
 * GitHub answers twice: `permission` knows four levels (maintain reads as write, triage as read), `role_name` has all of
 * them, plus organisations' own roles. A role counts only where it fits the level, so that no custom
 * role widens it through its name.
 */
const LEVEL_OF: Readonly<Record<Permission, string>> = {
  admin: 'admin',
  maintain: 'write',
  write: 'write',
  triage: 'read',
  read: 'read',
  none: 'none',
};

const isPermission = (name: string | undefined): name is Permission => name !== undefined && Object.hasOwn(LEVEL_OF, name);

export const permissionOperations = (access: Access): Pick<RepositoryForge, 'permission' | 'noReplyAddress'> => ({
  permission: (login) => levelOf(access, login, () => true),

  async noReplyAddress(login) {
    const { repos } = (await access.octokit()).rest;
    const answer = await orNull(repos.getCollaboratorPermissionLevel({ ...access.at, username: login }));
    const user = answer?.data.user;
    return user ? `${user.id}+${user.login}@${access.noReplyHost}` : null;
  },
});

/** For one account, by its number; `access` is through the very installation that is asked about. */
export async function permissionThrough(
  access: Pick<Access, 'at' | 'octokit'>,
  { id, login }: { readonly id: number; readonly login: string },
): Promise<Permission> {
  try {
    return await levelOf(access, login, (found) => found === id);
  } catch (error) {
    // An installation that is gone mints no token, and one that is suspended reads nothing; a limit is no answer.
    const isGone = error instanceof ForgeError && error.retryAt === null && [401, 403, 404, 410, 451].includes(error.status ?? 0);
    if (isGone) return 'none';
    throw error;
  }
}

async function levelOf(
  access: Pick<Access, 'at' | 'octokit'>,
  login: string,
  isThem: (id: number | undefined) => boolean,
): Promise<Permission> {
  const { repos } = (await access.octokit()).rest;
  // 404: no such person, or a repository this person must not know of.
  const answer = await orNull(repos.getCollaboratorPermissionLevel({ ...access.at, username: login }));
  if (!answer || !isThem(answer.data.user?.id)) return 'none';
  // Enterprise Servers before 3.4 send no role_name.
  const { permission, role_name: role } = answer.data as { permission: string; role_name?: string };
  if (isPermission(role) && LEVEL_OF[role] === permission) return role;
  return isPermission(permission) ? permission : 'none';
}
