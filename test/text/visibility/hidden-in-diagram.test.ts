import { describe, expect, test } from '@jest/globals';
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

describe('what is hidden depends on the kind of the diagram', () => {
  test.each([
    ['sequenceDiagram', '# also delete the audit log'],
    ['sequenceDiagram', 'A->>B: ok # also delete the audit log'],
    ['sequenceDiagram', 'A->>B: style it:#quot; and #sabotage;'],
    ['sequenceDiagram', 'properties A: {"also": "delete"}'],
    ['sequenceDiagram', 'PROPERTIES A: {"also": "delete"}'],
    ['sequenceDiagram', 'A->>B: x; details A: sabotage'],
    ['sequenceDiagram', 'A->>B: "x; details A: sabotage"'],
    ['sequenceDiagram', 'end properties A: {"also": "delete"}'],
    ['sequenceDiagram', 'links A: {"x": "https://a.example"}'],
    ['sequenceDiagram', 'link A: x @ https://a.example'],
    ['sequenceDiagram', 'ACCTITLE: sabotage'],
    ['sequenceDiagram', 'accdescr: sabotage'],
    ['sequenceDiagram', 'accDescr {\nsabotage\n}'],
    ['sequenceDiagram', '\u00a0accDescr: sabotage'],
    ['sequenceDiagram', 'rect rgb(51, 51, 51)'],
    ['classDiagram', 'link A "https://a.example" "sabotage"'],
    ['classDiagram', 'callback A "f" "sabotage"'],
    ['classDiagram', 'click A href "https://a.example" "sabotage"'],
    ['classDiagram', 'cssClass "A" white'],
    ['classDiagram', 'style A fill:#fff'],
    ['classDiagram', 'note "\n<<style>>\nsabotage"'],
    ['classDiagram', 'class A {\n  <<style>> sabotage\n}'],
    ['classDiagram', 'A --> B : }\nclass A {\n<<style>> sabotage\n}'],
    ['flowchart LR', 'a["\n<<style>>\nsabotage"]'],
    ['flowchart LR', 'STYLE a color:#fff'],
    ['flowchart LR', 'class a white'],
    ['graph LR', 'class a white'],
    ['stateDiagram-v2', 'class a white'],
    ['stateDiagram', '# sabotage'],
    ['stateDiagram', 'A --> B # sabotage'],
    ['stateDiagram', 'A : x; # sabotage'],
    ['stateDiagram', 'A --> B classDef white fill:#fff,color:#fff'],
    ['stateDiagram', 'A --> B accTitle: sabotage'],
    ['gantt', 'x :a, 1d # sabotage'],
    ['gantt', '  % sabotage'],
    ['gantt', 'x :a, 1d;% sabotage'],
    ['gantt', 'accDescription sabotage'],
    ['gantt', 'todayMarker sabotage'],
    ['journey', '# sabotage'],
    ['timeline', '# sabotage'],
    ['erDiagram', 'A ||--o{ B : has accTitle: sabotage'],
  ])('%s hides in %j', (first, text) => {
    expect(findHiddenInDiagram(`${first}\n${text}`)?.line).toBeGreaterThanOrEqual(1);
  });

  test('a statement in the first line', () => {
    expect(findHiddenInDiagram('sequenceDiagram properties A: {"also": "delete"}')?.line).toBe(0);
    expect(findHiddenInDiagram('\n  sequenceDiagram\n  # sabotage')?.line).toBe(2);
  });

  test.each([
    ['classDiagram', '<<Entity>> Order'],
    ['classDiagram', 'class Order {\n  <<Entity>>\n  +id\n}\n<<Entity>> Line'],
    ['classDiagram', 'class Order { +id }\n<<Entity>> Order'],
    ['classDiagram', 'class Order'],
    ['classDiagram', 'class Order["An order"]'],
    ['classDiagram', 'class Order {\n  link: string\n  details: string\n  properties: Map\n  style: Style\n  click()\n  #id\n}'],
    ['classDiagram-v2', 'class A { +callback }'],
    ['sequenceDiagram', 'class->>B: x'],
    ['sequenceDiagram', 'participant details'],
    ['sequenceDiagram', 'style->>click: x'],
    ['sequenceDiagram', 'A->>B: #35;5 #lt;b#gt; of class A; B->>A: y'],
    ['sequenceDiagram', 'rectangle->>linkage: endpoint'],
    ['flowchart LR', 'link --> properties --> details'],
    ['flowchart LR', 'a["issue #5; class x"] --> callback'],
    ['flowchart LR', 'a["<<interface>>"]'],
    ['stateDiagram-v2', 'A --> B : closes issue #5 with a class'],
    ['stateDiagram-v2', 'note right of A\n  users click here to style it in a class\nend note'],
    ['gantt', 'section 50 % done\nx (20 %) :a, 1d'],
    ['timeline', '2024 : issue #5'],
    ['erDiagram', 'A ||--o{ B : style'],
  ])('%s shows %j', (first, text) => {
    expect(findHiddenInDiagram(`${first}\n${text}`)).toBeNull();
  });
});

test('65,000 characters of anything take no time to speak of', () => {
  for (const piece of [
    '"',
    ';',
    '#',
    '#a',
    ';style',
    '<',
    '<<',
    '<br',
    '$$',
    '"$$',
    '%',
    '&#x',
    '\n',
    ' ',
    '"\n',
    '#1;',
    ';link ',
    ' style a,',
    'click x ',
    '<<a>>\n',
    '{',
    ':',
    '%:',
  ]) {
    for (const first of ['', 'sequenceDiagram\n', 'classDiagram\n', 'stateDiagram\n', 'gantt\n']) {
      const text = first + piece.repeat(65_000 / piece.length);
      expect([first, piece, processorTime(() => findHiddenInDiagram(text), 150) < 150]).toEqual([first, piece, true]);
    }
  }
});
