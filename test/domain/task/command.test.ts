import { expect, it } from '@jest/globals';
import { parseCommand } from '../../../src/domain/task/command.ts';

it.each([
  ['/plan', { kind: 'plan', notes: '' }],
  ['/plan keep it small', { kind: 'plan', notes: 'keep it small' }],
  ['/PLAN\r\nkeep it small\r\nplease', { kind: 'plan', notes: 'keep it small\nplease' }],
  ['/planwright plan now', { kind: 'plan', notes: 'now' }],
  ['/Planwright HELP', { kind: 'help' }],
  ['   /status', { kind: 'status' }],
  ['/replan smaller', { kind: 'replan', feedback: 'smaller' }],
  ['/ask Why?', { kind: 'ask', question: 'Why?' }],
  ['/execute', { kind: 'execute', ids: [] }],
  ['/execute a, b  c\nthanks', { kind: 'execute', ids: ['a', 'b', 'c'] }],
  ['/revise the name', { kind: 'revise', notes: 'the name' }],
  ['/revise\n- the name\n\n- the case\n', { kind: 'revise', notes: '- the name\n\n- the case' }],
  ['/REVISE', { kind: 'revise', notes: '' }],
  ['/cancel ', { kind: 'cancel' }],
  ['/cancel\t\r\n', { kind: 'cancel' }],
  ['/planwright\tcancel', { kind: 'cancel' }],
  ['/Plan\n/execute', { kind: 'plan', notes: '/execute' }],
  ['\n/status', { kind: 'status' }],
  ['\r\n \r\n/plan\r\nsmall', { kind: 'plan', notes: 'small' }],
  ['\u00a0/status\u00a0', { kind: 'status' }],
  ['/execute\u00a0a', { kind: 'execute', ids: ['a'] }],
  ['/ask\u00a0Why?', { kind: 'ask', question: 'Why?' }],
  ['/execute `a`, `B-c` LIMITER', { kind: 'execute', ids: ['a', 'b-c', 'limiter'] }],
])('%j is a command', (body, command) => {
  expect(parseCommand(body)).toEqual(command);
});

it.each([
  '',
  'Please /plan',
  '> /plan',
  '`/plan`',
  '```\n/plan\n```',
  '    /plan',
  '\n    /plan',
  '\n\t/plan',
  '\n> /plan',
  '\n\nfirst\n/plan',
  '<!-- /plan -->',
  'first\n/plan',
  '/planning',
  '/plan-b',
  '/planwright',
  '/planwright dance',
  '/retest',
  '/lgtm',
  '/assign @wanda',
  '/hold cancel',
  '/close',
  '/test all',
  '/plan:',
  '/plan,please',
  '\\/plan',
  '- /plan',
  '1. /plan',
  '# /plan',
  '**/plan**',
  '\t/plan',
  '~~~\n/plan\n~~~',
  '<!--\n/plan\n-->',
  '<!-- hidden --> /plan',
  '> quoted\n/plan',
  'planwright plan',
  '@planwright plan',
  '/planwright /plan',
  '//plan',
  '/ plan',
])('%j is none of ours', (body) => {
  expect(parseCommand(body)).toBeNull();
});

it.each([
  ['\n/status', { kind: 'status' }],
  ['\r\n \t\n\u00a0/status\u00a0', { kind: 'status' }],
  ['\n\n/execute `Limiter`', { kind: 'execute', ids: ['limiter'] }],
])('field case 20-command-after-blank-line: %j', (body, command) => {
  expect(parseCommand(body)).toMatchObject(command);
});
