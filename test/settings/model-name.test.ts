import { expect, test } from '@jest/globals';
import { isModelName, matchesModelPattern, providerOf } from '../../src/settings/model-name.ts';

test.each([
  ['anthropic/claude-opus-5-5', 'anthropic'],
  ['openai/gpt-6.1', 'openai'],
  ['gemini/models/gemini-4-pro', 'gemini'],
  ['compatible/meta-llama/llama-4:free', 'compatible'],
  ['compatible/org/model@2026-01', 'compatible'],
])('%s is a model of %s', (name, provider) => {
  expect(isModelName(name)).toBe(true);
  expect(providerOf(name)).toBe(provider);
});

test.each([
  '',
  'claude',
  'anthropic/',
  'Anthropic/claude',
  'mistral/large',
  'openai/gpt 6',
  'openai/*',
  'openai//x',
  'openai/x\n',
])('%j is not a model name', (name) => {
  expect(isModelName(name)).toBe(false);
});

test.each([
  ['anthropic/claude', 'anthropic/claude', true],
  ['anthropic/claude-2', 'anthropic/claude', false],
  ['anthropic/claude', 'anthropic/*', true],
  ['compatible/meta/llama', 'compatible/*', true],
  ['compatible/meta/llama', '*', true],
  ['openai/gpt-6-mini', 'openai/*-mini', true],
  ['openai/gpt-6-mini', 'openai/*mini*', true],
  ['openai/gpt-6', 'openai/gpt-6*6', false],
  ['openai/aba', 'openai/ab*ba', false],
  ['openai/a-b-c-d', 'openai/*b*d', true],
  ['openai/a-b-c-d', 'openai/*d*b', false],
  ['openai/gpt.6', 'openai/gpt-6', false],
])('%s against %s: %s', (name, pattern, matches) => {
  expect(matchesModelPattern(name, pattern)).toBe(matches);
});
