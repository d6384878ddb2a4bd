import { describe, expect, test } from '@jest/globals';
import {
  forbiddenReason,
  ineffectiveExtraPaths,
  ineffectiveProtections,
  type ScopePolicy,
  scopeViolation,
} from '../../../src/domain/change/scope.ts';
import { isSensitive } from '../../../src/domain/change/sensitive-path.ts';
import type { Component } from '../../../src/domain/plan/plan.ts';

const policy: ScopePolicy = {
  planPath: 'plans/7.md',
  settingsPath: '.github/planwright.yml',
  protectedPaths: ['infra', '*.pem', 'db/migrations/', 'src/**/secret.*', 'pl\u00e4ne/**'],
  mayChangeWorkflows: false,
};
const component: Component = {
  id: 'one',
  title: 't',
  purpose: 'p',
  depends_on: [],
  files: [
    { path: 'src/a.ts', action: 'modify', change: 'c' },
    { path: 'package.json', action: 'modify', change: 'c' },
    { path: 'infra/x.tf', action: 'modify', change: 'c' },
  ],
  contract: 'c',
  acceptance_criteria: ['a'],
};

describe('nobody may touch', () => {
  test.each([
    ...[
      'plans/7.md',
      'PLANS/7.MD',
      '.github/planwright.yml',
      '.GITHUB/planwright.YML',
      '.github/planwright.yaml',
      '.github/workflows/ci.yml',
      '.github/Workflows/a/b.yml',
    ],
    ...[
      'infra/x.tf',
      'Infra/x.tf',
      'deep/infra/x.tf',
      'infra',
      'key.pem',
      'a/b/.key.pem',
      'db/migrations/1.sql',
      'src/x/y/secret.ts',
      'pla\u0308ne/x.md',
    ],
    ...[
      '../x',
      '/x',
      'a\\b',
      '',
      'a//b',
      '.git/config',
      'a/.git/hooks/x',
      'GIT~1/x',
      '.git./x',
      '.git /x',
      '.git::$INDEX_ALLOCATION/x',
      '.gi\u200ct/x',
      'a\u200db',
      '\u0641\u200c/x',
      '.gitmodules.',
      'src/.gitmodules ',
      'dir./x',
      'a\u202etxt.exe',
      'a\u2063b',
      'src/\u00adx',
      'a\u0000b',
      'x/*',
    ],
  ])('%j', (path) => {
    expect(forbiddenReason(path, policy)).toEqual(expect.any(String));
  });

  test.each([
    'src/a.ts',
    'docs/\u0641\u0627\u0631\u0633\u06cc\u200c\u0647\u0627.md',
    'docs/\ud83d\udc68\u200d\ud83d\udcbb.md',
    'plans/8.md',
    '.github/dependabot.yml',
    'infrastructure/x',
    '.gitignore',
    'git/x',
    'a.git/x',
    'pem',
    'db/x',
  ])('but may %j', (path) => {
    expect(forbiddenReason(path, policy)).toBeNull();
  });

  test('the plan in another spelling of its accents', () => {
    expect(forbiddenReason('Pla\u0308ne/7.md', { ...policy, planPath: 'pl\u00e4ne/7.md' })).toContain('is the plan itself');
  });

  test('workflows, unless the App may', () => {
    expect(forbiddenReason('.github/workflows/ci.yml', { ...policy, mayChangeWorkflows: true })).toBeNull();
  });
});

describe('a component', () => {
  test.each<[string, string[], boolean, string]>([
    ['src/a.ts', [], true, 'the plan lists it'],
    ['package.json', [], true, 'the plan lists it exactly'],
    ['infra/x.tf', [], false, 'protected, although the plan lists it'],
    ['src/b.ts', [], false, 'not listed'],
    ['SRC/a.ts', [], false, 'another file'],
    ['CHANGELOG.md', ['CHANGELOG.md'], true, 'the settings list it'],
    ['src/__snapshots__/.a.snap', ['**/__snapshots__/**'], true, 'the settings match it'],
    ['yarn.lock', ['**'], false, 'sensitive, only matched'],
    ['yarn.lock', ['**', 'yarn.lock'], true, 'sensitive, written out in the settings'],
    ['.github/planwright.yml', ['**', '.github/planwright.yml'], false, 'never allowed'],
    ['src/b.ts', ['!docs/**'], false, 'a negation does not open everything'],
  ])('%s with extra paths %j: %s (%s)', (path, extra, expected) => {
    expect(scopeViolation(component, extra, path, policy) === null).toBe(expected);
    expect(scopeViolation(component, extra, path, policy) === null).toBe(expected);
  });
});

describe('field case 11-protected-route-group: names that look like patterns are protected as they are written', () => {
  test.each([
    ['app/(admin)/**', 'app/(admin)/page.tsx'],
    ['app/(admin)', 'app/(admin)/a/page.tsx'],
    ['app/[id]/**', 'app/[id]/page.tsx'],
    ['app/[...all]', 'app/[...all]/page.tsx'],
    ['app/@modal/(.)photo', 'app/@modal/(.)photo/page.tsx'],
    ['(admin)', 'app/(admin)/page.tsx'],
    ['docs/a, b + c!.md', 'docs/a, b + c!.md'],
    ['{{name}}/**', '{{name}}/a.txt'],
    ['src/!(a)/**', 'src/!(a)/x'],
    ['src/!(a)/**', 'src/b/x'],
    ['src/@(a|b)/**', 'src/b/x'],
    ['?*?*?*?*?*?*?*Z', 'abcdefgz'],
  ])('%s protects %s', (glob, path) => {
    expect(forbiddenReason(path, { ...policy, protectedPaths: [glob] })).toContain(glob);
  });

  test.each([
    ['caf\u00e9/**', 'cafe\u0301/a.txt'],
    ['cafe\u0301/**', 'caf\u00e9/a.txt'],
  ])('however its letters are composed: %j protects %j', (glob, path) => {
    expect(forbiddenReason(path, { ...policy, protectedPaths: [glob] })).toContain('caf');
    expect(ineffectiveProtections([glob], [path])).toEqual([]);
  });

  test.each(['infra|', '|infra', 'a||infra'])('an empty part at a bar is no pattern: %s', (glob) => {
    expect(forbiddenReason('src/a.ts', { ...policy, protectedPaths: [glob] })).toBeNull();
    expect(forbiddenReason('infra/a.tf', { ...policy, protectedPaths: [glob] })).not.toBeNull();
  });

  test('a glob that matches no file is told', () => {
    const globs = ['app/(admin)/**', 'infra/**', 'secrets', '*.PEM'];
    expect(ineffectiveProtections(globs, ['app/(admin)/page.tsx', 'deep/key.pem'])).toEqual(['infra/**', 'secrets']);
  });
});

describe('what the settings open in vain', () => {
  const paths = [
    'src/a.ts',
    'yarn.lock',
    'sub/yarn.lock',
    'infra/x.tf',
    '.github/planwright.yml',
    '.github/workflows/ci.yml',
    'gen/a',
  ];
  const NOT_EXACT = 'is a sensitive file, which must be listed by its exact path';
  test.each<[extra: string[], found: [path: string, glob: string, reason: string][]]>([
    [['gen/**', 'CHANGELOG.md'], []],
    [
      ['**/yarn.lock'],
      [
        ['yarn.lock', '**/yarn.lock', NOT_EXACT],
        ['sub/yarn.lock', '**/yarn.lock', NOT_EXACT],
      ],
    ],
    [['**/yarn.lock', 'yarn.lock'], [['sub/yarn.lock', '**/yarn.lock', NOT_EXACT]]],
    [['infra/*'], [['infra/x.tf', 'infra/*', "is protected by the repository's settings (execution.protected_paths: infra)"]]],
    [['plans/7.md'], [['plans/7.md', 'plans/7.md', 'is the plan itself, which is only changed by planning again']]],
    [
      ['.github/**'],
      [
        ['.github/planwright.yml', '.github/**', "holds Planwright's settings, which only people change"],
        ['.github/workflows/ci.yml', '.github/**', expect.stringContaining('GitHub Actions workflow') as unknown as string],
      ],
    ],
  ])('%j', (extra, found) => {
    expect(ineffectiveExtraPaths(extra, paths, policy).map(({ path, glob, reason }) => [path, glob, reason])).toEqual(found);
  });

  test('of 80,000 files', () => {
    const many = Array.from({ length: 80_000 }, (_, i) => `drivers/net/dir${i % 900}/file${i}.c`);
    expect(
      ineffectiveExtraPaths(['**'], many, { ...policy, protectedPaths: Array.from({ length: 100 }, (_, i) => `x${i}/**/*.key`) }),
    ).toEqual([]);
  });
});

describe('a protection that begins with folders', () => {
  test.each([
    ['src/**', 'src', true],
    ['src/**', 'SRC/a/b.ts', true],
    ['src/**', 'srcs/a.ts', false],
    ['a.b/c/*.key', 'a.b/c/x.key/inside', true],
    ['a.b/c/*.key', 'aXb/c/x.key', false],
    ['a/{b,c}/d', 'a/c/D', true],
    ['a/+(b|c)/d', 'a/bc/d', true],
    ['a/b|c/d', 'c/d', true],
    ['a/b', 'deep/a/b', false],
  ])('%s for %s: %s', (glob, path, covered) => {
    expect(forbiddenReason(path, { ...policy, protectedPaths: [glob] }) !== null).toBe(covered);
  });
});

describe('sensitive', () => {
  test.each([
    'CODEOWNERS',
    'docs/CODEOWNERS',
    'AGENTS.md',
    'sub/claude.md',
    '.cursor/rules/x.mdc',
    '.claude/settings.json',
    'Cargo.lock',
    'a/package.json',
    '.npmrc',
    '.husky/pre-commit',
    '.github/actions/x/action.yml',
    '.gitattributes',
    '.vscode/tasks.json',
    ...[
      '.circleci/config.yml',
      '.gitlab-ci.yml',
      '.buildkite/x.sh',
      '.anything/x',
      'Jenkinsfile',
      'azure-pipelines.yml',
      'sub/action.yml',
    ],
    ...[
      'pyproject.toml',
      'setup.cfg',
      'requirements.txt',
      'requirements-dev.txt',
      'tests/conftest.py',
      'go.mod',
      'Cargo.toml',
      'Gemfile',
    ],
    ...[
      'pom.xml',
      'build.gradle',
      'app/build.gradle.kts',
      'gradlew',
      'gradle/wrapper/gradle-wrapper.jar',
      'Makefile',
      'Dockerfile',
    ],
    ...[
      'Dockerfile.dev',
      'compose.yaml',
      'docker-compose.override.yml',
      'mise.toml',
      '.mise.toml',
      '.tool-versions',
      'x.csproj',
      'x.gemspec',
    ],
    ...[
      'eslint.config.js',
      '.eslintrc.cjs',
      'vite.config.ts',
      'webpack.config.js',
      'jest.config.mjs',
      'next.config.mjs',
      'tsconfig.json',
    ],
    ...[
      'renovate.json',
      '.github/dependabot.yml',
      'CMakeLists.txt',
      'build.zig',
      'flake.nix',
      'justfile',
      'composer.json',
      'mix.exs',
    ],
  ])('is %s', (path) => {
    expect(isSensitive(path)).toBe(true);
  });
  test.each([
    '.gitignore',
    'src/.gitkeep',
    'docs/build.md',
    'src/config.ts',
    'src/requirements.ts',
    'src/.hidden/a.ts',
    'src/a.ts',
    'README.md',
    'src/agents.ts',
    'github/x',
    'lockfile.ts',
    'claude/x.md',
  ])('is not %s', (path) => {
    expect(isSensitive(path)).toBe(false);
  });
});

test('field case 30-persian-file-name: a plan may modify a file whose name needs a joiner', () => {
  expect(forbiddenReason('docs/\u0641\u0627\u0631\u0633\u06cc\u200c\u0647\u0627.md', policy)).toBeNull();
});
