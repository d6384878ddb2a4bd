// What GraphQL tells of a commit: its files, and what is said of it.
import { latestRuns, type Run, type Suite } from './checks.ts';
import { listTree, readObject } from './git-objects.ts';
import type { GraphqlObject } from './graphql.ts';
import { connection } from './graphql-connection.ts';
import type { RepositoryRow } from './rows.ts';
import { latestStatuses } from './statuses.ts';
import { appOf, type Json, type World } from './world.ts';

export function commitObject(world: World, repo: RepositoryRow, sha: string): GraphqlObject {
  const suites = () => world.links.suites.filter((suite) => suite.repo === repo.id && suite.sha === sha);
  return {
    __typename: 'Commit',
    oid: sha,
    file: ({ path }: Json) => fileObject(world, repo, sha, String(path)),
    checkSuites: (page: Json) => connection('CheckSuiteConnection', suites(), (suite) => suiteObject(world, repo, suite))(page),
    status: () => statusObject(world, repo, sha),
  };
}

async function fileObject(world: World, repo: RepositoryRow, sha: string, path: string): Promise<GraphqlObject | null> {
  const dir = world.git.dirOf(repo);
  const [entry] = await listTree(dir, sha, { path });
  if (!entry) return null;
  const body = entry.type === 'blob' ? ((await readObject(dir, entry.sha))?.body ?? Buffer.alloc(0)) : null;
  const isBinary = body?.includes(0) ?? false;
  const blob = body && {
    __typename: 'Blob',
    oid: entry.sha,
    byteSize: body.length,
    isBinary,
    isTruncated: body.length > 512_000,
    text: isBinary ? null : body.subarray(0, 512_000).toString('utf8'),
  };
  return { __typename: 'TreeEntry', path, mode: Number.parseInt(entry.mode, 8), type: entry.type, object: blob };
}

function suiteObject(world: World, repo: RepositoryRow, suite: Suite): GraphqlObject {
  const app = appOf(world.tables, suite.app);
  const own = world.links.runs.filter((run) => run.suite === suite).reverse();
  return {
    __typename: 'CheckSuite',
    id: `CS_${suite.id}`,
    app: app ? { __typename: 'App', databaseId: app.app_id, slug: app.slug, name: app.name } : null,
    checkRuns({ filterBy, ...page }: Json) {
      const chosen = (filterBy as Json | undefined)?.checkType === 'ALL' ? own : latestRuns(own);
      return connection('CheckRunConnection', chosen, (run) => runObject(repo, run))(page);
    },
  };
}

const upper = (word: string | null): string | null => word?.toUpperCase() ?? null;

const runObject = (repo: RepositoryRow, run: Run): GraphqlObject => ({
  __typename: 'CheckRun',
  id: `CR_${run.id}`,
  resourcePath: `/${repo.full_name}/runs/${run.id}`,
  name: run.name,
  status: upper(run.status),
  conclusion: upper(run.conclusion),
  externalId: run.externalId,
  completedAt: run.completedAt,
  title: run.output.title,
});

/** None at all where no status was ever set. */
function statusObject(world: World, repo: RepositoryRow, sha: string): GraphqlObject | null {
  const contexts = latestStatuses(world, repo, sha).map(
    ({ context, state, description, target_url }): GraphqlObject => ({
      __typename: 'StatusContext',
      context,
      description,
      state: upper(String(state)),
      targetUrl: target_url,
    }),
  );
  return contexts.length === 0 ? null : { __typename: 'Status', contexts };
}
