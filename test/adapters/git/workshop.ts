import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A real repository with a work tree, and a bare copy of it below `root` for a server to serve. */
export interface Workshop {
  readonly root: string;
  readonly tree: string;
  git(args: readonly string[], input?: string | Buffer): string;
  write(path: string, content: string | Buffer): void;
  link(path: string, target: string): void;
  /** Commits everything, pushes it to `root/owner/name.git`, and gives the commit's id. */
  publish(message?: string): string;
  remove(): void;
}

export function createWorkshop(repository = 'acme/widgets'): Workshop {
  const root = mkdtempSync(join(tmpdir(), 'planwright-git-'));
  const tree = join(root, 'checkout');
  const bare = join(root, `${repository}.git`);
  mkdirSync(tree, { recursive: true });
  mkdirSync(dirname(bare), { recursive: true });
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: root,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
  const git = (args: readonly string[], input?: string | Buffer) =>
    execFileSync('git', ['-c', 'core.autocrlf=false', '-c', 'core.quotePath=false', ...args], {
      cwd: tree,
      env,
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
    }).toString();
  git(['init', '-q', '-b', 'main']);
  git(['init', '-q', '--bare', bare]);
  return {
    root,
    tree,
    git,
    write(path, content) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), content);
    },
    link: (path, target) => symlinkSync(target, join(tree, path)),
    publish(message = 'change') {
      git(['add', '-A']);
      git(['commit', '-q', '--allow-empty', '-m', message]);
      git(['push', '-q', '--force', bare, 'HEAD:refs/heads/main']);
      return git(['rev-parse', 'HEAD']).trim();
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
