/**
 * All GraphQL requests in one place: the tests validate each document against GitHub's published schema. They are what REST does not offer,
 * and one task as a whole, for which REST needs several requests per component.
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

const ACTOR = '{ __typename login ... on User { databaseId } ... on Bot { databaseId } }';
const WHOLE_PULL = `number title body state isDraft merged mergedBy ${ACTOR} mergeCommit { oid } author ${ACTOR}
  headRefName headRefOid isCrossRepository baseRefName url`;
/** A branch has one pull request of ours at most, and others only by accident. */
const PULLS = `(first: 3, orderBy: { field: CREATED_AT, direction: DESC }) { pageInfo { hasNextPage } nodes { ${WHOLE_PULL} } }`;
/** A check run's own number passes 2^31, and has no field that could hold it: its address ends with it. */
const CHECKS = `status { contexts { context state description targetUrl } }
  checkSuites(first: 15) {
    pageInfo { hasNextPage }
    nodes {
      id app { databaseId slug }
      checkRuns(first: 50, filterBy: { checkType: LATEST }) {
        pageInfo { hasNextPage }
        nodes { resourcePath name status conclusion externalId completedAt title }
      }
    }
  }`;

const FILE = '{ mode object { ... on Blob { oid text isBinary isTruncated } } }';

const numbered = (count: number, render: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => render(i)).join('\n');

/**
 * One task: its issue and conversation, these files of the default branch, the task's branches with their checks and pull requests, and
 * pull requests that are known to have no branch any more, or none yet. What does not fit on these pages is read by REST. It costs some 5
 * of the 5,000 points an hour.
 */
export const taskQuery = (files: number, branches: number, pulls: number): string => `
query($owner: String!, $repo: String!, $issue: Int!, $refs: String!
  ${numbered(files, (i) => `$file${i}: String!`)} ${numbered(branches, (i) => `$branch${i}: String!`)} ${numbered(pulls, (i) => `$pull${i}: Int!`)}) {
  repository(owner: $owner, name: $repo) {
    nameWithOwner
    defaultBranchRef {
      name
      target {
        oid
        ... on Commit {
          ${numbered(files, (i) => `file${i}: file(path: $file${i}) ${FILE}`)}
        }
      }
    }
    issueOrPullRequest(number: $issue) {
      __typename
      ... on Issue {
        number title body state closedAt locked author ${ACTOR}
        labels(first: 100) { pageInfo { hasNextPage } nodes { name } }
        timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent { actor ${ACTOR} } } }
        comments(first: 100) { pageInfo { hasNextPage } nodes { fullDatabaseId author ${ACTOR} body createdAt url } }
      }
    }
    refs(refPrefix: $refs, first: 30) {
      pageInfo { hasNextPage }
      nodes { prefix name target { oid ... on Commit { ${CHECKS} } } associatedPullRequests${PULLS} }
    }
    ${numbered(branches, (i) => `branch${i}: pullRequests(headRefName: $branch${i}, ${PULLS.slice(1)}`)}
    ${numbered(pulls, (i) => `pull${i}: pullRequest(number: $pull${i}) { ${WHOLE_PULL} }`)}
  }
  ${files === 0 ? '' : ofOwner(files)}
}`;

/** The same files where the owner keeps them for all repositories; without that repository there is nothing, and a word about it. */
const ofOwner = (files: number): string => `ofOwner: repository(owner: $owner, name: ".github") {
    defaultBranchRef { target { ... on Commit { ${numbered(files, (i) => `file${i}: file(path: $file${i}) ${FILE}`)} } } }
  }`;
