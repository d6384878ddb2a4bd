// The one query that observes a task, answered from memory.
import { type Document, parseDocument, type Selection } from '../../test/support/github/graphql-document.ts';
import { APP, type CheckRun, DEFAULT_BRANCH, headOf, OWNER, type Repository, type Subject, type World } from './world.ts';

type Arguments = Readonly<Record<string, unknown>>;
interface Node {
  readonly [field: string]: unknown;
}

const documents = new Map<string, Document>();

export function answerQuery(world: World, url: string, query: string, variables: Arguments): object {
  const document = documents.get(query) ?? parseDocument(query);
  documents.set(query, document);
  const errors: object[] = [];
  const root: Node = {
    __typename: 'Query',
    repository({ owner, name }: Arguments) {
      const found = owner === OWNER ? world.repositories.get(String(name)) : undefined;
      if (found) return repositoryNode(world, url, found);
      errors.push({
        type: 'NOT_FOUND',
        path: ['ofOwner'],
        message: `Could not resolve to a Repository with the name '${owner}/${name}'.`,
      });
      return null;
    },
  };
  const data = select(document.selection, root, variables);
  return errors.length > 0 ? { data, errors } : { data };
}

function select(selection: readonly Selection[], node: Node, variables: Arguments): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const part of selection) {
    if (part.kind === 'spread') throw new Error('no fragment is expected');
    if (part.kind === 'inline') {
      if (part.on === undefined || part.on === node.__typename) Object.assign(result, select(part.selection, node, variables));
      continue;
    }
    const { name, alias, args, selection: inner } = part.field;
    if (!(name in node)) throw new Error(`the benchmark's GitHub has no field ${name} of ${node.__typename}`);
    const member = node[name];
    const value: unknown = typeof member === 'function' ? member(filled(args, variables)) : member;
    result[alias] = inner === undefined ? value : complete(inner, value, variables);
  }
  return result;
}

function complete(selection: readonly Selection[], value: unknown, variables: Arguments): unknown {
  if (Array.isArray(value)) return value.map((one) => complete(selection, one, variables));
  return value === null || value === undefined ? null : select(selection, value as Node, variables);
}

const filled = (args: Readonly<Record<string, unknown>>, variables: Arguments): Arguments =>
  Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const isVariable = typeof value === 'object' && value !== null && '$variable' in value;
      return [name, isVariable ? variables[String(value.$variable)] : value];
    }),
  );

const page = (nodes: readonly Node[]): Node => ({
  __typename: 'Connection',
  pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: null },
  nodes,
});

const PERSON: Node = { __typename: 'User', login: OWNER, databaseId: 1 };
const BOT: Node = { __typename: 'Bot', login: APP.slug, databaseId: 2 };

function repositoryNode(world: World, url: string, repository: Repository): Node {
  const subjects = (): Subject[] => [...repository.subjects.values()];
  const pullNode = ({ number, title, body, pull }: Subject): Node => ({
    ...{ __typename: 'PullRequest', number, title, body, state: 'OPEN', isDraft: pull?.draft, merged: false, mergedBy: null },
    ...{ mergeCommit: null, author: BOT, headRefName: pull?.head, headRefOid: headOf(repository, pull?.head ?? '') },
    ...{ isCrossRepository: false, baseRefName: pull?.base, url: `${url}/${repository.fullName}/pull/${number}` },
  });
  const pullsFrom = (branch: string): Node =>
    page(
      subjects()
        .filter(({ pull }) => pull?.head === branch)
        .map(pullNode),
    );
  const commitNode = (sha: string): Node => ({
    __typename: 'Commit',
    oid: sha,
    status: null,
    checkSuites: page(suitesOf(repository.runs.filter(({ head }) => head === sha))),
    file({ path }: Arguments) {
      const found = world.objects.filesOf(world.objects.commitOf(sha)?.tree ?? '')?.get(String(path));
      const text = found && world.objects.contentOf(found.sha)?.toString('utf8');
      const object = found && { __typename: 'Blob', oid: found.sha, text, isBinary: false, isTruncated: false };
      return found ? { __typename: 'TreeEntry', mode: Number.parseInt(found.mode, 8), object } : null;
    },
  });
  return {
    __typename: 'Repository',
    nameWithOwner: repository.fullName,
    defaultBranchRef: { __typename: 'Ref', name: DEFAULT_BRANCH, target: commitNode(headOf(repository, DEFAULT_BRANCH) ?? '') },
    issueOrPullRequest({ number }: Arguments) {
      const subject = repository.subjects.get(Number(number));
      if (!subject) return null;
      return subject.pull ? pullNode(subject) : issueNode(url, repository, subject);
    },
    refs({ refPrefix }: Arguments) {
      const prefix = String(refPrefix);
      const found = [...repository.refs].filter(([name]) => name.startsWith(prefix));
      return page(
        found.map(([ref, sha]) => ({
          ...{ __typename: 'Ref', prefix, name: ref.slice(prefix.length), target: commitNode(sha) },
          associatedPullRequests: pullsFrom(ref.replace(/^refs\/heads\//, '')),
        })),
      );
    },
    pullRequests: ({ headRefName }: Arguments) => pullsFrom(String(headRefName)),
    pullRequest({ number }: Arguments) {
      const subject = repository.subjects.get(Number(number));
      return subject?.pull ? pullNode(subject) : null;
    },
  };
}

function issueNode(url: string, { fullName }: Repository, { number, title, body, labels, comments }: Subject): Node {
  return {
    ...{ __typename: 'Issue', number, title, body, state: 'OPEN', closedAt: null, locked: false, author: PERSON },
    labels: page([...labels].map((name) => ({ __typename: 'Label', name }))),
    timelineItems: page([]),
    comments: page(
      comments.map((comment) => ({
        ...{ __typename: 'IssueComment', fullDatabaseId: String(comment.id), author: BOT, body: comment.body },
        ...{ createdAt: comment.at, url: `${url}/${fullName}/issues/${number}#issuecomment-${comment.id}` },
      })),
    ),
  };
}

/** All checks of one commit are this App's. */
const suitesOf = (runs: readonly CheckRun[]): Node[] =>
  runs.length === 0
    ? []
    : [
        {
          ...{ __typename: 'CheckSuite', id: `CS_${runs[0]?.head}` },
          app: { __typename: 'App', databaseId: APP.id, slug: APP.slug },
          checkRuns: page(
            runs.map(({ id, name, status, conclusion, externalId, completedAt, title }) => ({
              ...{ __typename: 'CheckRun', resourcePath: `/runs/${id}`, name, externalId, completedAt, title },
              ...{ status: status.toUpperCase(), conclusion: conclusion?.toUpperCase() ?? null },
            })),
          ),
        },
      ];
