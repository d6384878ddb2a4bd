/** File names, anywhere in the repository. Compared in lower case: some disks do not tell case apart. */
const NAMES = new Set([
  // Who must review what.
  'codeowners',
  // What agents obey, this one included.
  ...['agents.md', 'agents.override.md', 'claude.md', 'claude.local.md', 'gemini.md', 'contributing.md', 'skill.md'],
  ...['.cursorrules', '.windsurfrules', '.clinerules', '.roorules', '.goosehints', '.mcp.json', '.aider.conf.yml'],
  // What is installed.
  ...['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb', 'deno.lock'],
  ...['cargo.lock', 'poetry.lock', 'pipfile.lock', 'uv.lock', 'pdm.lock', 'conda-lock.yml', 'gemfile.lock', 'composer.lock'],
  ...['go.sum', 'mix.lock', 'pubspec.lock', 'package.resolved', 'podfile.lock', 'packages.lock.json', 'gradle.lockfile'],
  ...['verification-metadata.xml', 'flake.lock', 'module.bazel.lock'],
  // What runs by itself when somebody installs, builds, commits or opens the folder.
  ...['package.json', '.npmrc', '.yarnrc', '.yarnrc.yml', '.pnpmfile.cjs', 'pnpmfile.cjs', 'pnpm-workspace.yaml', 'bunfig.toml'],
  ...['binding.gyp', 'setup.py', 'pip.conf', 'build.rs', '.pre-commit-config.yaml', 'lefthook.yml', '.lefthook.yml', '.envrc'],
  ...['.lintstagedrc', '.gitmodules', '.gitattributes'],
]);

/** Folders, at any depth, of which every file counts. */
const FOLDERS = [
  ...['.github', '.husky', '.githooks', '.yarn', '.cargo', '.devcontainer', '.vscode'],
  ...['.claude', '.cursor', '.codex', '.gemini', '.windsurf', '.clinerules', '.roo', '.junie', '.agents'],
].map((folder) => `/${folder}/`);

/**
 * Files whose change reaches further than its diff shows. They may be touched only where a plan lists them exactly, never through
 * a pattern, and the plan's pull request shows them first.
 */
export function isSensitive(path: string): boolean {
  const rooted = `/${path.toLowerCase()}`;
  return NAMES.has(rooted.slice(rooted.lastIndexOf('/') + 1)) || FOLDERS.some((folder) => rooted.includes(folder));
}
