import { expect, it } from '@jest/globals';
import { parseCommand } from '../../src/domain/command.ts';

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
  ['/cancel ', { kind: 'cancel' }],
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
  '<!-- /plan -->',
  '\n/plan',
  'first\n/plan',
  '/planning',
  '/plan-b',
  '/planwright',
  '/planwright dance',
  '/retest',
  '//plan',
  '/ plan',
])('%j is none of ours', (body) => {
  expect(parseCommand(body)).toBeNull();
});
