import { z } from 'zod';
import { secretsInAnswer } from '../agent/secrets-in-answer.ts';
import { defineTool, type Tool, toolError, toolResult } from '../agent/tool.ts';
import type { Component } from '../domain/plan/plan.ts';
import { criterionNamed, type ReviewFinding } from '../domain/plan/review-finding.ts';
import { stripInvisible } from '../text/invisible-characters.ts';
import { clip } from '../text/truncate.ts';
import type { ShownDiff } from './shown-diff.ts';

export interface Reviewed {
  readonly findings: readonly ReviewFinding[];
}

/** More than people read at the top of a pull request; a component with more problems than that has other ones. */
const FINDINGS_MAX = 20;
/** Characters. */
const LIMITS = { criterion: 500, problem: 1_000 };

const input = z.strictObject({
  findings: z
    .array(
      z.strictObject({
        criterion: z.string().min(1).describe('The acceptance criterion, or the sentence of the contract, word for word'),
        path: z.string().min(1).describe('One file of the component or of the diff'),
        line: z.int().nullable().describe('The line of the new file; null: the file as a whole, or something is missing'),
        problem: z.string().min(1).describe('What is there, and what the plan says'),
      }),
    )
    .describe('Empty if the component is done as the plan says'),
});

/** Accepts what refers to this component and this diff; the rest goes back, because the executor could do nothing about it. */
export const submitReviewTool = (component: Component, diff: ShownDiff): Tool<Reviewed> =>
  defineTool({
    name: 'submit_review',
    description: 'Ends the review. An empty list says that the component is done as the plan says.',
    input,
    async run({ findings }) {
      const known = new Set([...component.files.map((file) => file.path), ...diff.lines.keys()]);
      const strange = findings.filter(({ path }) => !known.has(path));
      if (strange.length > 0) {
        return toolError(
          `${[...new Set(strange.map(({ path }) => JSON.stringify(path)))].join(', ')}: neither a file of this component nor of the diff. The files are: ${[...known].join(', ')}. Leave such findings out, or name one of these files.`,
        );
      }
      const secrets = await secretsInAnswer({ findings: findings.map((f) => `${f.criterion}\n${f.problem}`).join('\n') });
      if (secrets.length > 0) return toolError(secrets.join('\n'));
      const accepted = findings.slice(0, FINDINGS_MAX).map((finding) => bounded(finding, component, diff));
      return { ...toolResult('Accepted.'), final: { findings: accepted } };
    },
  });

function bounded({ criterion, path, line, problem }: ReviewFinding, component: Component, diff: ShownDiff): ReviewFinding {
  const named = criterionNamed(criterion, component);
  return {
    criterion: component.acceptance_criteria[named ?? -1] ?? singleLine(criterion, LIMITS.criterion),
    path,
    // A line that the file does not have would be a link to nowhere.
    line: line !== null && line >= 1 && line <= (diff.lines.get(path) ?? 0) ? line : null,
    problem: singleLine(problem, LIMITS.problem),
  };
}

const singleLine = (text: string, max: number): string => clip(stripInvisible(text).replace(/\s+/g, ' ').trim(), max, ' [...]');
