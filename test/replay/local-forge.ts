import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSnapshots } from '../../src/adapters/git/snapshots.ts';
import { createProbot } from '../../src/adapters/github/client/create-probot.ts';
import { createGitHubForge } from '../../src/adapters/github/forge.ts';
import type { RepositoryForge } from '../../src/ports/forge/forge.ts';
import type { Snapshot } from '../../src/ports/snapshot.ts';
import { APP_PERMISSIONS } from '../support/github/accounts.ts';
import { git } from '../support/github/git-command.ts';
import { startLocalGitHub } from '../support/github/local-github.ts';
import { clock } from './clock.ts';
import type { Source } from './source.ts';

/** A repository on the local GitHub that holds all of a source's objects, as Planwright's own adapters see it. */
export interface LocalForge {
  readonly repository: RepositoryForge;
  /** The bare repository behind it. */
  readonly gitDir: string;
  /** Fetches the commit over HTTP. */
  snapshot(commit: string): Promise<Snapshot>;
  close(): Promise<void>;
}

const AT = { owner: 'ada', name: 'past' };

/** @param tip what the default branch points at. */
export async function openLocalForge(source: Source, tip: string): Promise<LocalForge> {
  // What is proved is bytes, not policy: the App here may change workflows.
  const github = await startLocalGitHub({ permissions: { ...APP_PERMISSIONS, workflows: 'write' } });
  const dataDir = mkdtempSync(join(tmpdir(), 'planwright-replay-'));
  const { fullName } = await github.addRepository({ ...AT, private: true, files: { 'README.md': 'Past\n' } });
  const gitDir = github.gitDir(fullName);
  // Borrowed, not copied: a repository of gigabytes costs nothing.
  mkdirSync(join(gitDir, 'objects/info'), { recursive: true });
  appendFileSync(join(gitDir, 'objects/info/alternates'), `${source.objects}\n`);
  if (source.shallow !== '') writeFileSync(join(gitDir, 'shallow'), source.shallow);
  // Not through the API: it would list all these commits as news, and those of each branch to come.
  await git(gitDir, ['update-ref', 'refs/heads/main', tip]);

  const { id, privateKey, webhookSecret } = github.app;
  const apiUrl = `${github.url}/api/v3`;
  const probot = await createProbot({ appId: id, privateKey, webhookSecret, apiUrl, logLevel: 'fatal', paced: false }, clock);
  const forge = createGitHubForge(probot, github.url, clock);
  const snapshots = createSnapshots({ dataDir, credential: forge.gitCredential, allowHttp: true });
  const ref = await only(forge.repositories());
  return {
    repository: forge.repository(ref),
    gitDir,
    snapshot: (commit) => snapshots.open(ref, commit),
    async close() {
      snapshots.close();
      await github.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function only<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item;
  throw new Error('the App is installed nowhere');
}
