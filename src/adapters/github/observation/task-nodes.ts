// A task as the query in graphql-documents.ts tells of it.
import type { Actor } from '../person.ts';

export interface Page<T> {
  readonly pageInfo: { readonly hasNextPage: boolean };
  readonly nodes: readonly T[];
}

interface BlobNode {
  readonly oid?: string;
  readonly text?: string | null;
  readonly isBinary?: boolean | null;
  readonly isTruncated?: boolean;
}

/** Null where there is no such file; `object` is empty where it is no file. */
export type FileNode = { readonly mode: number; readonly object: BlobNode | null } | null;

interface CommentNode {
  /** GraphQL's BigInt: a string of digits. */
  readonly fullDatabaseId: string | number | null;
  readonly author: Actor | null;
  readonly body: string;
  readonly createdAt: string;
  readonly url: string;
}

export interface IssueNode {
  readonly __typename: 'Issue';
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: string;
  readonly closedAt: string | null;
  readonly locked: boolean;
  readonly author: Actor | null;
  readonly labels: Page<{ readonly name: string }> | null;
  readonly timelineItems: { readonly nodes: readonly { readonly actor?: Actor | null }[] };
  readonly comments: Page<CommentNode>;
}

export interface PullNode {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: string;
  readonly isDraft: boolean;
  readonly merged: boolean;
  readonly mergedBy: Actor | null;
  readonly mergeCommit: { readonly oid: string } | null;
  readonly author: Actor | null;
  readonly headRefName: string;
  readonly headRefOid: string;
  readonly isCrossRepository: boolean;
  readonly baseRefName: string;
  readonly url: string;
}

interface RunNode {
  readonly resourcePath: string;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly externalId: string | null;
  readonly completedAt: string | null;
  readonly title: string | null;
}

interface SuiteNode {
  readonly id: string;
  readonly app: { readonly databaseId: number | null; readonly slug: string } | null;
  readonly checkRuns: Page<RunNode> | null;
}

export interface CommitNode {
  readonly oid: string;
  readonly status?: {
    readonly contexts: readonly {
      readonly context: string;
      readonly state: string;
      readonly description: string | null;
      readonly targetUrl: string | null;
    }[];
  } | null;
  readonly checkSuites?: Page<SuiteNode> | null;
}

interface RefNode {
  /** Together with the name the whole reference, wherever GitHub cuts it. */
  readonly prefix: string;
  readonly name: string;
  readonly target: CommitNode | null;
  readonly associatedPullRequests: Page<PullNode> | null;
}

export type Files = Readonly<Record<string, unknown>>;

export interface TaskNodes {
  readonly repository: RepositoryNode | null;
  /** Null where there is no such repository, or not for this App. */
  readonly ofOwner?: { readonly defaultBranchRef: { readonly target: Files | null } | null } | null;
}

export interface RepositoryNode {
  readonly nameWithOwner: string;
  readonly defaultBranchRef: {
    readonly name: string;
    readonly target: ({ readonly oid: string } & Files) | null;
  } | null;
  readonly issueOrPullRequest: IssueNode | { readonly __typename: 'PullRequest' } | null;
  readonly refs: Page<RefNode> | null;
  /** `branchN`, `pullN` */
  readonly [alias: string]: unknown;
}
