import { join } from 'node:path';
import { readPromptFile } from '../agent/prompt-file.ts';
import type { Component } from '../domain/plan/plan.ts';
import { fence } from '../text/fence.ts';
import type { ShownDiff } from './shown-diff.ts';

/** The same bytes for every component of every plan, so that providers cache it together with the tool. */
export const REVIEWER_SYSTEM = readPromptFile(join(import.meta.dirname, 'prompts/system.md')).text;

/** The component as people approved it. */
export const componentPart = (component: Component): string =>
  [
    `The component \`${component.id}\`: ${component.title}`,
    `Purpose:\n${component.purpose}`,
    `Files:\n${component.files.map((f) => `- ${f.action} ${f.path}: ${f.change}`).join('\n')}`,
    `Contract:\n${component.contract}`,
    `Acceptance criteria:\n${component.acceptance_criteria.map((criterion, i) => `${i + 1}. ${criterion}`).join('\n')}`,
  ].join('\n\n');

/** What the implementation changed. The text comes from a model, so it is fenced. */
export const diffPart = ({ text, leftOut }: ShownDiff): string =>
  [
    `The diff, with the number of each line of the new file in front of it:\n${fence('diff', text)}`,
    ...(leftOut.length === 0
      ? []
      : [
          `Changed as well, but too large to be shown; report nothing about them:\n${leftOut.map((path) => `- ${path}`).join('\n')}`,
        ]),
    'Compare the diff with the component, then call submit_review.',
  ].join('\n\n');
