import type { RepositoryForge } from '../../ports/forge/forge.ts';
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
  async permission(login) {
    const { repos } = (await access.octokit()).rest;
    // 404: no such person, or a repository this person must not know of.
    const answer = await orNull(repos.getCollaboratorPermissionLevel({ ...access.at, username: login }));
    if (!answer) return 'none';
    // Enterprise Servers before 3.4 send no role_name.
    const { permission, role_name: role } = answer.data as { permission: string; role_name?: string };
    if (isPermission(role) && LEVEL_OF[role] === permission) return role;
    return isPermission(permission) ? permission : 'none';
  },

  async noReplyAddress(login) {
    const { repos } = (await access.octokit()).rest;
    const answer = await orNull(repos.getCollaboratorPermissionLevel({ ...access.at, username: login }));
    const user = answer?.data.user;
    return user ? `${user.id}+${user.login}@${access.noReplyHost}` : null;
  },
});
