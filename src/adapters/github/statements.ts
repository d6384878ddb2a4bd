import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { Access } from './access.ts';
import { orNull } from './client/github-error.ts';
import { graphql } from './client/graphql.ts';
import { STATEMENT_BY_ID } from './graphql-documents.ts';
import { type Actor, accountOf, isWrittenByApp, personFrom } from './person.ts';

interface StatementNode {
  readonly body: string;
  readonly url: string;
  readonly createdAt: string;
  readonly lastEditedAt: string | null;
  readonly author: Actor | null;
  readonly repository: { readonly nameWithOwner: string };
  /** The pull request it is on: of a comment, which may be on an issue, and of a review. */
  readonly pullRequest?: PullNode | null;
  readonly reviewed?: PullNode;
}
interface PullNode {
  readonly headRefName: string;
  readonly author: Actor | null;
}

export const statementOperations = (access: Access): Pick<RepositoryForge, 'statement'> => ({
  async statement(id) {
    const [found, app] = await Promise.all([
      orNull(graphql<{ readonly node: Partial<StatementNode> | null }>(access, STATEMENT_BY_ID, { id })),
      access.identity(),
    ]);
    const node = found?.node;
    if (!isStatement(node)) return null;
    const { owner, repo } = access.at;
    const on = Number(/\/(?:issues|pull)\/(\d+)#/.exec(node.url)?.[1]);
    if (node.repository.nameWithOwner.toLowerCase() !== `${owner}/${repo}`.toLowerCase() || !Number.isInteger(on)) return null;
    const pull = node.reviewed ?? node.pullRequest ?? null;
    return {
      author: personFrom(accountOf(node.author)),
      body: node.body,
      edited: node.lastEditedAt !== null,
      at: node.createdAt,
      url: node.url,
      on,
      ownBranch: pull !== null && isWrittenByApp(app, accountOf(pull.author)) ? pull.headRefName : null,
    };
  },
});

/** The id may be that of any kind of object. */
const isStatement = (node: Partial<StatementNode> | null | undefined): node is StatementNode =>
  node?.body !== undefined && node.url !== undefined && node.repository !== undefined;
