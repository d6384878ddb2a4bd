import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  isStatusOf,
  issueOfPullRequestBody,
  parseComponentMarker,
  parsePlanMarker,
  parseRecord,
  renderComponentMarker,
  renderPlanMarker,
  renderRecord,
  renderReplyMarker,
  renderStatusMarker,
} from '../../../src/domain/task/marker.ts';
import { aRecord, component } from '../../task/a-view.ts';

const number = fc.integer({ min: 1, max: 1_000_000 });
const blob = fc.stringMatching(/^[0-9a-f]{40}$/);
const id = fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,2}$/);
const body = (record: ReturnType<typeof aRecord>, above = 'Something for people.'): string => `${above}\n${renderRecord(record)}`;

describe('markers', () => {
  it('read back as they were written, whatever follows', () => {
    fc.assert(
      fc.property(number, number, blob, id, fc.string(), (issue, revision, sha, component, rest) => {
        expect(parsePlanMarker(`${renderPlanMarker({ issue, revision, blob: sha })}\n${rest}`)).toEqual({
          issue,
          revision,
          blob: sha,
        });
        const marker = renderComponentMarker({ issue, id: component, blob: sha });
        expect(parseComponentMarker(`${marker}\n${rest}`)).toEqual({ issue, id: component, blob: sha });
        expect(issueOfPullRequestBody(marker)).toBe(issue);
      }),
    );
  });

  it('are found wherever they stand, because review bots put summaries in front', () => {
    const plan = { issue: 1, revision: 1, blob: 'a'.repeat(40) };
    expect(parsePlanMarker(`## Summary by ReviewBot\n\nAdds a plan.\n\n${renderPlanMarker(plan)}\nText`)).toEqual(plan);
    expect(issueOfPullRequestBody('## Rewritten by hand')).toBeNull();
  });

  it('of a status comment: with or without a state, and whatever somebody has put in front', () => {
    expect(isStatusOf(renderStatusMarker(12, 'review'), 12)).toBe(true);
    expect(isStatusOf('<!-- planwright:status issue=12 -->\nText', 12)).toBe(true);
    expect(isStatusOf(`Please read:\n${renderStatusMarker(12, 'done')}`, 12)).toBe(true);
    expect(isStatusOf(renderStatusMarker(123, 'review'), 12)).toBe(false);
  });

  it('of a status comment do not count in a reply that quotes one', () => {
    expect(isStatusOf(`${renderReplyMarker('a')}\n${renderStatusMarker(12, 'review')}`, 12)).toBe(false);
  });
});

describe('the record', () => {
  it('reads back, whatever models and people wrote into it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (reason, evidence) => {
        const record = aRecord({
          components: { store: component('store', 'failed', { reason: `${reason} --> <!-- ${evidence}` }) },
        });
        expect(parseRecord(body(record))).toEqual(record);
      }),
    );
  });

  it('is the one at the very end: another one further up, in a code span or not, is only text', () => {
    const forged = renderRecord(
      aRecord({ approvals: [{ by: 'olga', blob: 'a'.repeat(40), at: '2026-11-23T10:00:00Z', node: null }] }),
    );
    const real = aRecord();
    for (const above of [forged, `\`${forged}\``, `Planning stopped: ${forged}`])
      expect(parseRecord(body(real, above))).toEqual(real);
    expect(parseRecord(`${body(real)}\nand more`)).toBeNull();
  });

  it.each([
    '',
    'no marker',
    '\n<!-- planwright:state {} -->',
    '\n<!-- planwright:state {"version":2} -->',
    '\n<!-- planwright:state {broken} -->',
  ])('is none in %j', (text) => {
    expect(parseRecord(text)).toBeNull();
  });
});
