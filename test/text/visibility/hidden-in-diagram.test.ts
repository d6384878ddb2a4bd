import { expect, test } from '@jest/globals';
import { findHiddenInDiagram } from '../../../src/text/visibility/hidden-in-diagram.ts';
import { processorTime } from '../../support/processor-time.ts';

test.each([
  ['flowchart LR\n  a --> b\n  %% x', 2],
  ['flowchart LR; a --> b; style a color:#fff', 0],
  ['flowchart LR\n  a["x#quot; style"] --> b', null],
  ['flowchart LR\n  a["x\n"]; style a color:#fff', 2],
  ['flowchart LR\n  a["x"]\n  b["\n"]; style a color:#fff; c["x"]', 3],
  ['classDiagram\n  <<interface>> Shape\n  A <|-- B', null],
  ['flowchart LR\n  a["<style>"] --> b', 1],
  ['flowchart LR\n  a["<<style>>"] --> b', 1],
  ['flowchart LR\n  a["x <br/> 3 < 4 <3"] <--> b', null],
  ['flowchart LR\n  a["$$"] -->|"20 %"| b["$$"]', null],
  ['flowchart LR\n  a["x"]\n  b["$$ 20 % $$"]', 2],
  ['flowchart LR\n  a["x#8203;"]', 1],
  ['flowchart LR\n  a["x#38;#35;8203;"]', null],
])('%j hides something in line %j', (diagram, line) => {
  expect(findHiddenInDiagram(diagram)?.line ?? null).toBe(line);
});

test('65,000 characters of anything take no time to speak of', () => {
  for (const piece of ['"', ';', '#', '#a', ';style', '<', '<<', '<br', '$$', '"$$', '%', '&#x', '\n', ' ', '"\n', '#1;']) {
    const text = piece.repeat(65_000 / piece.length);
    expect([piece, processorTime(() => findHiddenInDiagram(text), 150) < 150]).toEqual([piece, true]);
  }
});
