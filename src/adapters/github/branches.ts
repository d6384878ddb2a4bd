import type { RepositoryForge } from '../../ports/forge/forge.ts';
import { ForgeError } from '../../ports/forge/forge-error.ts';
import { type Access, PAGE } from './access.ts';
import { hasStatus, isUncertain, orNull } from './client/github-error.ts';
import { isWrittenByApp } from './person.ts';

type Operations = Pick<
  RepositoryForge,
  'unusableBecause' | 'defaultBranch' | 'branchHead' | 'branchMoves' | 'referenceInTheWay' | 'createBranch' | 'advanceBranch'
>;

/** Newer than the client's types. */
interface Switches {
  readonly has_pull_requests?: boolean;
}

export const branchOperations = (access: Access): Operations => ({
  async unusableBecause() {
    const octokit = await access.octokit();
    const { data } = await octokit.rest.repos.get(access.at);
    if (data.archived) return 'archived';
    if (data.disabled) return 'blocked';
    if (!data.has_issues) return 'issues_disabled';
    if ((data as Switches).has_pull_requests === false) return 'pulls_disabled';
    return (await headOf(access, data.default_branch)) === null ? 'empty_repository' : null;
  },

  async defaultBranch() {
    const octokit = await access.octokit();
    const { data } = await octokit.rest.repos.get(access.at);
    const sha = await headOf(access, data.default_branch);
    const words = `The default branch ${data.default_branch} of ${data.full_name} has no commit.`;
    if (sha === null) throw new ForgeError(words, 404, null, 'empty_repository');
    return { name: data.default_branch, sha };
  },

  branchHead: (branch) => headOf(access, branch),

  async branchMoves(branch) {
    const [octokit, app] = await Promise.all([access.octokit(), access.identity()]);
    const asked = { ...access.at, ref: `refs/heads/${branch}`, per_page: PAGE };
    // Enterprise Servers before 3.9 have no such list, and GitHub refuses a name it does not know.
    const found = await orNull(octokit.rest.repos.listActivities(asked), [404, 422]);
    if (found === null) return null;
    const moves = found.data.map(({ before, after, timestamp, actor }) => ({
      at: timestamp,
      mine: isWrittenByApp(app, actor),
      before: shaOf(before),
      after: shaOf(after),
    }));
    return { moves, whole: moves.length < PAGE };
  },

  async referenceInTheWay(branch) {
    const parts = branch.split('/');
    const parents = parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
    const heads = await Promise.all(parents.map((parent) => headOf(access, parent)));
    const parent = parents.find((_, i) => heads[i] !== null);
    if (parent !== undefined) return parent;
    const octokit = await access.octokit();
    // The listing matches prefixes only (`a/b` also finds `a/bc`) and is not paginated.
    const found = await orNull(octokit.rest.git.listMatchingRefs({ ...access.at, ref: `heads/${branch}` }), [404, 409]);
    const below = found?.data.find(({ ref }) => ref.startsWith(`refs/heads/${branch}/`));
    return below?.ref.slice('refs/heads/'.length) ?? null;
  },

  async createBranch(branch, sha) {
    const octokit = await access.octokit();
    try {
      await octokit.rest.git.createRef({ ...access.at, ref: `refs/heads/${branch}`, sha });
      return 'created';
    } catch (error) {
      // A 422 can mean "already there" or half a dozen other objections, and a lost answer can mean anything: whether the branch is
      // there tells them apart.
      if (!hasStatus(error, 422) && !isUncertain(error)) throw error;
      if ((await headOf(access, branch)) === null) throw error;
      return 'exists';
    }
  },

  async advanceBranch(branch, sha) {
    const octokit = await access.octokit();
    try {
      await octokit.rest.git.updateRef({ ...access.at, ref: `heads/${branch}`, sha, force: false });
      return 'moved';
    } catch (error) {
      if (!hasStatus(error, 409, 422) && !isUncertain(error)) throw error;
      const head = await headOf(access, branch);
      if (head === sha) return 'moved';
      if (isUncertain(error)) throw error;
      // A branch that was deleted cannot be forwarded either.
      if (head === null || !(await isAhead(access, head, sha))) return 'rejected';
      // It would have been a fast-forward: a ruleset or an unknown commit, which no rebase fixes.
      throw error;
    }
  },
});

/** Zeros stand for a branch that does not exist. */
const shaOf = (sha: string): string | null => (/^0+$/.test(sha) ? null : sha);

/** The singular endpoint: the plural one answers with every branch that starts with the name. 409: a repository without commits. */
async function headOf(access: Access, branch: string): Promise<string | null> {
  const octokit = await access.octokit();
  const answer = await orNull(octokit.rest.git.getRef({ ...access.at, ref: `heads/${branch}` }), [404, 409]);
  return answer?.data.object.sha ?? null;
}

async function isAhead(access: Access, from: string, to: string): Promise<boolean> {
  const octokit = await access.octokit();
  // One commit a page: only the verdict is of interest. 404: no common history, or no such commit.
  const answer = await orNull(
    octokit.rest.repos.compareCommitsWithBasehead({ ...access.at, basehead: `${from}...${to}`, per_page: 1 }),
  );
  return answer?.data.status === 'ahead';
}
