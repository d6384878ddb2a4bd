import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asked } from '../../src/replies/comments/answers.ts';
import { componentBody } from '../../src/replies/pages/component-pull-request.ts';
import { sanitizeWithin, truncateMarkdown } from '../../src/text/truncate-markdown.ts';
import { aComponent, aPlan } from '../support/shop.ts';

test.each([
  ['what fits', 'One.\n\nTwo.', 20, 'One.\n\nTwo.'],
  ['between paragraphs', 'One two.\n\nThree four five.', 14, 'One two.'],
  ['between lines', 'One two\nthree four five', 14, 'One two'],
  ['between words', 'One two three four', 15, 'One two three'],
  ['anywhere', 'x'.repeat(30), 10, 'x'.repeat(10)],
])('%s', (_, text, max, expected) => {
  expect(truncateMarkdown(text, max)).toBe(expected);
});

test('what is kept is a beginning, and no longer than it may be', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '😀'), maxLength: 400 });
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 200 }), (whole, max) => {
      const kept = truncateMarkdown(whole, max);
      expect(whole.startsWith(kept.replace(/\ufffd$/, ''))).toBe(true);
      expect(kept.length).toBeLessThanOrEqual(max);
    }),
  );
});

test('an open fence is closed before it is said where the rest is', () => {
  expect(sanitizeWithin('```\none\ntwo\nthree', 11, 'more there')).toBe('```\none\n```\n\n*(cut here; more there)*');
});

test('a body GitHub would not take keeps its end, and says where the rest is', () => {
  const component = aComponent('limiter', { contract: `\`\`\`js\n${'a line of code\n'.repeat(9_000)}\`\`\`` });
  const plan = aPlan([component, aComponent('page')]);
  const place = { issue: 7, blob: 'b'.repeat(40), planPull: 2, plan, siblings: new Map(), stack: null, dashboard: null };
  const body = componentBody({ ...place, component, summary: 'Done.', deviations: null, conformance: null, spend: [] });
  expect(body.length).toBeLessThan(65_536);
  expect(body).toContain('\n```\n\n*(cut here; all of it is in the plan, #2)*\n');
  expect(body).toContain('### Acceptance criteria\n\n- [ ] src/limiter.js exports it.');
  expect(body).toContain('### Other pull requests of this plan');
  expect(asked('mara', 'word '.repeat(20_000)).length).toBeLessThan(65_536);
});
