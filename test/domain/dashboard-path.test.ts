import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { conversationPath, parseDashboardPath, taskPath } from '../../src/domain/dashboard-path.ts';
import { parseWorkId, renderWorkId, type WorkId } from '../../src/domain/task/work-id.ts';

const WORK: readonly WorkId[] = [
  { kind: 'plan', owner: 'olga', name: 'shop.js', issue: 12, generation: 1, revision: 2, attempt: 3 },
  { kind: 'component', owner: 'olga_corp', name: '.github', issue: 12, component: 'token-bucket', attempt: 2 },
  { kind: 'ask', owner: 'olga', name: 'shop', issue: 12, comment: 2_500_000_001 },
  { kind: 'review', owner: 'olga', name: 'shop', issue: 12, generation: 1, revision: 2 },
];

test.each(WORK)('the page of $kind names its work', (id) => {
  const { owner, name, issue } = id;
  expect(parseDashboardPath(conversationPath(id))).toEqual({
    kind: 'conversation',
    owner,
    name,
    issue,
    workflow: renderWorkId(id),
  });
  expect(parseDashboardPath(taskPath(id))).toEqual({ kind: 'task', owner, name, issue });
});

test('whatever else a path is, it names nothing that is not on it', () => {
  const piece = fc.constantFrom('plan', 'component', '1', '1.1', '1.1.1', '..', '', 'a-b', '%2e', '#', ':', 'x/y', '0', 'é');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const path = `/dashboard/olga/shop/12/${pieces.join('/')}`;
      const target = parseDashboardPath(path);
      if (target?.kind !== 'conversation') return;
      const id = parseWorkId(target.workflow);
      expect(id && conversationPath(id)).toBe(path);
    }),
  );
});
