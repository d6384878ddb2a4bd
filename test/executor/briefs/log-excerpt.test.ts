import { describe, expect, test } from '@jest/globals';
import { logExcerpt } from '../../../src/executor/briefs/log-excerpt.ts';
import { processorTime } from '../../support/processor-time.ts';

const STAMP = '2026-11-26T01:00:00.1234567Z ';

test.each([
  ['colours and timestamps', `${STAMP}\u001b[36;1mnpm test\u001b[0m\n${STAMP}ok`, 'npm test\nok'],
  ['an empty line that had only a timestamp', `${STAMP}a\n${STAMP.trim()}\n${STAMP}b`, 'a\n\nb'],
  ['progress that wrote over itself', `${STAMP}10%\r50%\r100%\r\nok`, '100%\nok'],
  ['links and titles for a terminal', '\u001b]8;;https://a.example\u0007here\u001b]8;;\u0007', 'here'],
  ['what comes after the last error', 'a\n##[error]one\nb\n##[error]two\nPost job cleanup.', 'a\n##[error]one\nb\n##[error]two'],
  ['the ends of groups', '##[group]Run npm test\nok\n##[endgroup]\nno', '##[group]Run npm test\nok\nno'],
  ['invisible and control characters', 'a\u200bb\u0000c\u202ed', 'abcd'],
  ['secrets', `token is ghp_${'x'.repeat(36)}`, 'token is [redacted]'],
])('a log loses %s', (_, log, shown) => {
  expect(logExcerpt(log, 1_000)).toBe(shown);
});

test('a long log that tells of no failure keeps its end, in whole lines', () => {
  const log = Array.from({ length: 1_000 }, (_, i) => `line ${i}`).join('\n');
  const shown = logExcerpt(log, 100);
  expect(shown.length).toBeLessThanOrEqual(100);
  expect(shown).toMatch(/^\[\.\.\.\]\nline \d+\n/);
  expect(shown.endsWith('line 999')).toBe(true);
});

test('a secret is not cut in half to escape its mask', () => {
  const key = `-----BEGIN PRIVATE KEY-----\n${`${'QUJD'.repeat(16)}\n`.repeat(40)}-----END PRIVATE KEY-----`;
  expect(logExcerpt(`${key}\nend`, 200)).toBe('[redacted]\nend');
});

describe('field case 24-log-behind-coverage-table: what failed is kept, however much follows', () => {
  const table = [
    'File | % Stmts | % Branch',
    ...Array.from({ length: 300 }, (_, i) => `src/some/module-${i}.ts | 100 | 98.76`),
  ].join('\n');
  const passing = Array.from({ length: 500 }, (_, i) => `  ✓ does what is expected of it, case ${i} (3 ms)`).join('\n');
  const end = 'Tests: 1 failed, 41 passed\n##[error]Process completed with exit code 1.';
  const around = (failure: string) => `npm test\n${passing}\n${failure}\n${table}\n${end}\nPost job cleanup.`;

  test.each<[name: string, failure: string, kept: readonly string[]]>([
    [
      'jest',
      'FAIL test/limit.test.ts\n  ● limit › refuses the eleventh\n\n    expect(received).toBe(expected)\n\n    Expected: 429\n    Received: 200\n\n      12 |   expect(status)\n      at Object.<anonymous> (test/limit.test.ts:12:18)',
      [
        'FAIL test/limit.test.ts',
        '  ● limit › refuses the eleventh',
        '    Expected: 429',
        '    Received: 200',
        'limit.test.ts:12:18',
      ],
    ],
    [
      'node:test',
      'not ok 7 - refuses\n  ---\n  location: limit.test.js:4\n  error: |-\n    200 !== 429',
      ['not ok 7 - refuses', '200 !== 429'],
    ],
    [
      'pytest',
      '____ test_limit ____\n    def test_limit():\n>       assert limit(11) == 429\nE       assert 200 == 429\ntest_limit.py:7: AssertionError',
      ['>       assert limit(11) == 429', 'E       assert 200 == 429', 'test_limit.py:7'],
    ],
    [
      'Python',
      'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\nKeyError: \'limit\'',
      ['File "a.py", line 3', "KeyError: 'limit'"],
    ],
    ['go', '--- FAIL: TestLimit (0.00s)\n    limit_test.go:9: got 200, want 429', ['--- FAIL: TestLimit', 'got 200, want 429']],
    [
      'a panic',
      'panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.limit(...)\n\t/src/limit.go:12',
      ['panic: runtime error', '/src/limit.go:12'],
    ],
    [
      'rust',
      "thread 'limit' panicked at src/limit.rs:4:5:\nassertion `left == right` failed\n  left: 200\n right: 429",
      ['panicked at src/limit.rs:4:5', 'left: 200'],
    ],
    ['tsc', "src/limit.ts(4,7): error TS2322: Type 'string' is not assignable", ['error TS2322']],
    ['eslint', "/src/limit.ts\n  4:7  error  'a' is never used  no-unused-vars", ['/src/limit.ts\n', "error  'a' is never used"]],
    ['gcc', 'limit.c:4:2: error: expected expression', ['limit.c:4:2: error:']],
    ['npm', 'npm error code E404\nnpm error 404 Not Found', ['npm error code E404']],
    ['mocha', '  1) limit\n       refuses:\n     AssertionError: expected 200 to equal 429', ['expected 200 to equal 429']],
    [
      'junit',
      'org.junit.ComparisonFailure: expected:<429> but was:<200>\n\tat LimitTest.java:9',
      ['ComparisonFailure', 'LimitTest.java:9'],
    ],
    ['an exception with a code', 'TypeError [ERR_INVALID_ARG_TYPE]: The "path" argument', ['ERR_INVALID_ARG_TYPE']],
  ])('%s', (_, failure, kept) => {
    const shown = logExcerpt(around(failure), 8_000);
    for (const line of kept) expect(shown).toContain(line);
    expect(shown.endsWith(end)).toBe(true);
    expect(shown.length).toBeLessThanOrEqual(8_000);
  });

  test('the first and the last of many', () => {
    const many = Array.from({ length: 2_000 }, (_, i) => `not ok ${i} - case ${i}\n  detail of ${i}`).join('\n');
    const shown = logExcerpt(around(many), 8_000);
    for (const line of ['not ok 0 -', 'not ok 1999 -', end]) expect(shown).toContain(line);
    expect(shown.length).toBeLessThanOrEqual(8_000);
  });

  test('one line that comes again and again does not crowd out another', () => {
    const noise = 'Error: connect ECONNREFUSED, trying again\n'.repeat(5_000);
    expect(logExcerpt(`${noise}not ok 3 - refuses\n${noise}${table}\n${end}`, 4_000)).toContain('not ok 3 - refuses');
  });

  test('secrets in the kept lines are masked, and an endless line is cut', () => {
    const shown = logExcerpt(around(`Error: token ghp_${'x'.repeat(36)} refused\nFAIL ${'z'.repeat(50_000)}`), 8_000);
    expect(shown).toContain('Error: token [redacted] refused');
    expect(shown).toMatch(/FAIL z{900,}…\n/);
    expect(shown.length).toBeLessThanOrEqual(8_000);
  });

  test('a large log made to be slow takes a moment', () => {
    const line = `${'E'.repeat(400)} ${'Error'.repeat(100)} expect`;
    expect(processorTime(() => logExcerpt(`${line}\n`.repeat(20_000), 8_000), 10_000)).toBeLessThan(10_000);
  });
});
