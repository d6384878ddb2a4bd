import { describe, expect, it } from '@jest/globals';
import { componentBody, updateContext } from '../../../src/replies/pages/component-pull-request.ts';
import { aComponent, aPlan } from '../../support/shop.ts';

const plan = aPlan([aComponent('store'), aComponent('limiter', { depends_on: ['store'] }), aComponent('page')]);
const component = plan.components[1] as (typeof plan.components)[number];
const place = {
  issue: 7,
  id: 'limiter',
  blob: 'a'.repeat(40),
  planPull: 2,
  plan,
  siblings: new Map([['store', 3]]),
  stack: { component: 'store', pull: 3, sha: 'c'.repeat(40) },
  dashboard: null,
};
const body = componentBody({ ...place, component, summary: 'Made it.', deviations: null, conformance: null, spend: [] });

describe("a component's body", () => {
  it('says what it is stacked on, and what it depends on', () => {
    expect(body.split('\n')[0]).toBe(`<!-- planwright:component issue=7 id=limiter blob=${'a'.repeat(40)} -->`);
    expect(body).toContain('**Stacked on #3** (`store`): merge that one first');
    expect(body).toContain('- `store`: #3 (this one is stacked on it)');
    expect(body).toContain('- `page`: not opened yet\n');
  });

  it('is left as it is where nothing has moved, also with the line ends a browser sends', () => {
    expect(updateContext(body, place)).toBe(body);
    const edited = body.replaceAll('\n', '\r\n');
    expect(updateContext(edited, place)).toBe(edited);
  });

  it('follows the component to the base branch, a new plan and new siblings, and keeps what people wrote', () => {
    const noted = body.replace('- [ ] ', '- [x] ').replace('Made it.', 'Made it, and I looked. Wanda');
    const moved = {
      ...place,
      blob: 'b'.repeat(40),
      stack: null,
      siblings: new Map([
        ['store', 3],
        ['page', 5],
      ]),
    };
    const after = updateContext(noted, moved);
    expect(after).toContain(`blob=${'b'.repeat(40)} -->`);
    expect(after).not.toContain('Stacked on');
    expect(after).toContain('- `store`: #3 (this one depends on it)\n- `page`: #5');
    expect(after).toContain('- [x] src/limiter.js exports it.');
    expect(after).toContain('Made it, and I looked. Wanda');
    expect(updateContext(after, moved)).toBe(after);
    expect(updateContext(after, place)).toBe(noted);
  });

  it('of an older version follows the component, too', () => {
    const old = [
      `<!-- planwright:component issue=7 id=limiter blob=${'a'.repeat(40)} -->`,
      `Part of #7. Component \`limiter\` of the plan in #2 (blob \`${'a'.repeat(12)}\`). **Stacked on #3** (\`store\`): merge that one first.`,
      '',
      'Its purpose.',
    ].join('\n');
    const after = updateContext(old, { ...place, stack: null, planPull: 9 });
    expect(after.split('\n').slice(1)).toEqual([
      `Part of #7. Component \`limiter\` of the plan in #9 (blob \`${'a'.repeat(12)}\`).`,
      '',
      'Its purpose.',
    ]);
  });

  it('ticks a criterion with what shows it, and says at the top what is not done', () => {
    const summary = 'Made it.\n- [x] src/limiter.js exports it. (shown by `test/limiter.test.js`)';
    const made = { ...place, component, deviations: [], conformance: null, spend: [] };
    expect(componentBody({ ...made, summary })).toContain(
      '\n- [x] src/limiter.js exports it (shown by `test/limiter.test.js`)\n',
    );
    const open = componentBody({ ...made, summary: 'Made it.\n- [ ] src/limiter.js exports it: no room.' });
    expect(open).toContain('\n- [ ] src/limiter.js exports it.\n');
    expect(open.indexOf('> - src/limiter.js exports it: no room.')).toBeLessThan(open.indexOf('### What was done'));
  });

  it('is not touched where people have taken its marks out', () => {
    expect(updateContext('All my own words.', place)).toBe('All my own words.');
  });
});
