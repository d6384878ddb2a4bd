// Git over HTTP, by git's own server program; who may read or push was decided before.
import { basename, dirname } from 'node:path';
import { GIT_ENVIRONMENT } from './git-command.ts';
import { runGit } from './git-processes.ts';
import type { Incoming } from './traffic.ts';

export interface GitRequest {
  fullName: string;
  service: 'git-upload-pack' | 'git-receive-pack';
  /** what comes after the repository in the path */
  path: string;
  query: string;
}

export function gitRequest(method: string, url: string): GitRequest | undefined {
  const [, fullName, path, query = ''] =
    /^\/([^/?]+\/[^/?]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)(?:\?(.*))?$/.exec(url) ?? [];
  if (!fullName || !path) return undefined;
  const service = method === 'GET' ? new URLSearchParams(query).get('service') : path;
  return service === 'git-upload-pack' || service === 'git-receive-pack' ? { fullName, service, path, query } : undefined;
}

export interface GitAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** What git says of itself before it is asked anything: in version 2 of its protocol that is the same for every repository. */
let advertisement: Promise<GitAnswer> | null = null;

export function serveGit(dir: string, git: GitRequest, request: Incoming): Promise<GitAnswer> {
  const isAdvertisement = git.path === 'info/refs' && git.service === 'git-upload-pack';
  if (!isAdvertisement || request.headers['git-protocol'] !== 'version=2') return askBackend(dir, git, request);
  advertisement ??= askBackend(dir, git, request);
  advertisement.then(
    ({ status }) => {
      if (status !== 200) advertisement = null;
    },
    () => {
      advertisement = null;
    },
  );
  return advertisement;
}

/** Hands the request to `git http-backend`; the answer is kept whole, so that it can still be held back or dropped. */
async function askBackend(dir: string, git: GitRequest, request: Incoming): Promise<GitAnswer> {
  const { body } = request;
  const { stdout } = await runGit({
    args: ['http-backend'],
    env: {
      ...GIT_ENVIRONMENT,
      GIT_PROJECT_ROOT: dirname(dir),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${basename(dir)}/${git.path}`,
      QUERY_STRING: git.query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: String(body.length),
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: 'local',
      REMOTE_ADDR: '127.0.0.1',
    },
    input: body,
  });
  return parseCgi(stdout);
}

function parseCgi(output: Buffer): GitAnswer {
  const end = output.indexOf('\r\n\r\n');
  const headers: Record<string, string> = {};
  for (const line of output.subarray(0, end).toString().split('\r\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 2);
  }
  const { status = '200', ...rest } = headers;
  return { status: Number.parseInt(status, 10), headers: rest, body: output.subarray(end + 4) };
}
