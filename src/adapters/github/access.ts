import type { ProbotOctokit } from 'probot';
import type { Clock } from '../../ports/clock.ts';
import type { ReportedChecks } from './checks/reported-checks.ts';
import type { CommitAuthor } from './client/sign-off.ts';
import type { AppIdentity } from './person.ts';

/** One repository through one installation, as the families of operations see it. */
export interface Access {
  /** The address parts every repository endpoint takes. */
  readonly at: { readonly owner: string; readonly repo: string };
  readonly clock: Clock;
  /** The installation's client: its own token and its own throttle bucket. */
  octokit(): Promise<ProbotOctokit>;
  /** Requested from GitHub once per process. */
  identity(): Promise<AppIdentity>;
  /** Checks of ours that GitHub may not show yet. */
  readonly reported: ReportedChecks;
  /** The ids by which GraphQL knows pull requests that this process opened, by repository and number. They never change. */
  readonly pullNodes: Map<string, string>;
  readonly author: CommitAuthor;
  /** The domain of the addresses that stand for people's own. */
  readonly noReplyHost: string;
}

export const pullNodeKey = (access: Access, number: number): string => `${nameOf(access).toLowerCase()}#${number}`;

export const nameOf = ({ at }: Access): string => `${at.owner}/${at.repo}`;

/** The largest page GitHub gives. */
export const PAGE = 100;
