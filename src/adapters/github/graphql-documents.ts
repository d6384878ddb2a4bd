/**
 * All GraphQL requests, which REST does not offer, in one place: the tests validate each document against GitHub's
 * published schema.
 */

/** Only GraphQL tells whether a thread is resolved. Ids have passed 2^31, which `databaseId`, an Int, cannot hold. */
const COMMENTS = `comments(first: 100, after: $more) {
  pageInfo { hasNextPage endCursor }
  nodes { fullDatabaseId body diffHunk createdAt author { __typename login } }
}`;
export const THREADS = `query($owner: String!, $repo: String!, $number: Int!, $after: String, $more: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      reviewThreads(first: 50, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id isResolved isOutdated path line originalLine ${COMMENTS} }
      }
    }
  }
}`;
export const REST_OF_THREAD = `query($id: ID!, $more: String) { node(id: $id) { ... on PullRequestReviewThread { ${COMMENTS} } } }`;

/** Only GraphQL tells of an edit within the second in which a comment was written. The address names the conversation. */
const STATEMENT = `body url createdAt lastEditedAt
  author { __typename login ... on User { databaseId } }
  repository { nameWithOwner }`;
const PULL = 'headRefName author { __typename login }';
export const STATEMENT_BY_ID = `query($id: ID!) {
  node(id: $id) { ... on IssueComment { ${STATEMENT} pullRequest { ${PULL} } } ... on PullRequestReview { ${STATEMENT} reviewed: pullRequest { ${PULL} } } }
}`;

/** A review's own text can be reacted to in GraphQL only. */
export const ADD_REACTION = `mutation($subject: ID!, $content: ReactionContent!) {
  addReaction(input: { subjectId: $subject, content: $content }) { clientMutationId }
}`;

/** REST can open a draft, but has no way to end one. */
export const MARK_READY =
  'mutation ($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } } }';
