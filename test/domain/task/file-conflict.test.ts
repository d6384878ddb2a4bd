import { describe, expect, it } from '@jest/globals';
import { type FileClaim, fileConflictsOf } from '../../../src/domain/task/file-conflict.ts';
import { aComponent } from '../../support/shop.ts';

const changing = (id: string, ...paths: string[]) =>
  aComponent(id, { files: paths.map((path) => ({ path, action: 'modify', change: 'x' })) });
const claim = (issue: number, component: string, ...files: string[]): FileClaim => ({
  issue,
  component,
  pull: issue * 10,
  files,
});

describe('files of other tasks', () => {
  it.each<[string, readonly FileClaim[], Record<string, [number, string[]]>]>([
    ['none are claimed', [], {}],
    ['others are claimed', [claim(3, 'store', 'c.js')], {}],
    ['one is', [claim(3, 'store', 'c.js', 'a.js')], { one: [3, ['a.js']] }],
    ['of two claims the first is told', [claim(3, 'store', 'b.js'), claim(4, 'shop', 'a.js', 'b.js')], { one: [3, ['b.js']] }],
    ['several components are concerned', [claim(3, 'store', 'a.js', 'x.js')], { one: [3, ['a.js']], two: [3, ['x.js']] }],
    ['a folder of that name is another path', [claim(3, 'store', 'a.js/b')], {}],
  ])('%s', (_, claims, expected) => {
    const found = fileConflictsOf([changing('one', 'a.js', 'b.js'), changing('two', 'x.js')], claims);
    expect(Object.fromEntries(Object.entries(found).map(([id, o]) => [id, [o.issue, o.files]]))).toEqual(expected);
  });
});
