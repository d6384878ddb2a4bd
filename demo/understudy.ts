import type { Plan } from '../src/domain/plan/plan.ts';
import type { LocalModels } from '../test/support/models/local-models.ts';
import type { ScriptedTurn } from '../test/support/models/scripted-turn.ts';
import { type SeenRequest, saidTo } from '../test/support/models/seen-request.ts';
import { playing } from './cast.ts';
import type { Log } from './timeline.ts';

/**
 * Answers for every issue the story does not know (`--keep`): a small plan of two components that writes the issue's number down and
 * tests that it is there. Enough to label, approve, cancel and merge by hand.
 */
export function castUnderstudy(models: LocalModels, log: Log): void {
  models.script(
    () => true,
    (request, nth) => {
      const issue = Number(/Issue #(\d+)/.exec(saidTo(request))?.[1] ?? 0);
      const [name, turns] = partOf(request, issue);
      return playing(name, turns, log)(request, nth);
    },
  );
}

function partOf(request: SeenRequest, issue: number): readonly [string, readonly ScriptedTurn[]] {
  if (request.tools.some((tool) => tool.name === 'submit_plan')) return ['planner', plannerTurns(issue)];
  const id = saidTo(request).includes('Your component is `note`') ? 'note' : 'note-test';
  return [id, executorTurns(id, issue)];
}

const plannerTurns = (issue: number): ScriptedTurn[] => [
  { latencyMs: 500, calls: [{ name: 'list_files', input: { path: '', glob: null } }] },
  { latencyMs: 500, calls: [{ name: 'submit_plan', input: planFor(issue) }] },
];

const executorTurns = (id: 'note' | 'note-test', issue: number): ScriptedTurn[] => [
  {
    latencyMs: 2_000,
    calls: [{ name: 'create_file', input: { path: FILES[id](issue), content: CONTENTS[id](issue) } }],
  },
  {
    latencyMs: 2_000,
    calls: [{ name: 'finish', input: { summary: `Wrote ${FILES[id](issue)}.\n- [x] 1 (shown by \`${FILES[id](issue)}\`)` } }],
  },
];

const FILES = {
  note: (issue: number): string => `docs/issue-${issue}.md`,
  'note-test': (issue: number): string => `test/issue-${issue}.test.js`,
};

const CONTENTS = {
  note: (issue: number): string => `# Issue #${issue}\n\nWritten by a scripted model, to have something to review.\n`,
  'note-test': (issue: number): string => `import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

test('the note names its issue', () => {
  assert.match(readFileSync('${FILES.note(issue)}', 'utf8'), /#${issue}/);
});
`,
};

const planFor = (issue: number): Plan => ({
  title: `Write down issue #${issue}`,
  overview:
    'The models of this demo are scripted and know one issue only. For every other one they write a note, so that the way from an issue to merged pull requests can be tried by hand. The second component depends on the first.',
  constraints: [],
  components: [
    {
      id: 'note',
      title: `Write a note about issue #${issue}`,
      purpose: 'Have something to review.',
      depends_on: [],
      files: [{ path: FILES.note(issue), action: 'create', change: 'the note' }],
      contract: 'A heading with the number of the issue, and one sentence.',
      acceptance_criteria: ['The heading names the issue.'],
    },
    {
      id: 'note-test',
      title: `Test the note about issue #${issue}`,
      purpose: 'Show a component that waits for another.',
      depends_on: ['note'],
      files: [{ path: FILES['note-test'](issue), action: 'create', change: 'reads the note' }],
      contract: 'One test that reads the note.',
      acceptance_criteria: ['`node --test` passes.'],
    },
  ],
  data_flow: [],
  edge_cases: [{ case: 'The note is there already', handling: 'Each issue has a file of its own', component: 'note' }],
  implementation_order: [
    { component: 'note', rationale: 'The test reads it.' },
    { component: 'note-test', rationale: 'Comes after what it tests.' },
  ],
  trade_offs: [{ decision: 'A scripted plan', alternatives: ['A real model'], reason: 'The demo needs no credentials.' }],
  risks: [],
  open_questions: [],
});
