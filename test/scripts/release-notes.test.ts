import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { releaseNotes } from '../../scripts/release-notes.ts';

const CHANGELOG =
  '# Changelog\n\n## Unreleased\n\nsoon\n\n## 1.2.0 (2026-12-01)\n\n### Added\n\n- this\n\n## [1.1.0]\n\nolder\n\n## 1.0.0\n';

test.each([
  ['v1.2.0', '1.2.0', { notes: '### Added\n\n- this' }],
  ['v1.1.0', '1.1.0', { notes: 'older' }],
  ['v1.0.0', '1.0.0', { problem: 'CHANGELOG.md says nothing about 1.0.0' }],
  ['v1.2', '1.2.0', { problem: 'v1.2 is not a tag like v1.2.3' }],
  ['v1.2.1', '1.2.0', { problem: 'The tag is v1.2.1, and package.json has version 1.2.0' }],
  ['v2.0.0', '2.0.0', { problem: 'CHANGELOG.md has no heading for 2.0.0' }],
])('%s of a package %s', (tag, version, found) => {
  expect(releaseNotes(tag, version, CHANGELOG)).toEqual(found);
});

test('the command ends with 1 and prints no notes when something is wrong', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/release-notes.ts', 'v99.0.0'], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('The tag is v99.0.0');
});
