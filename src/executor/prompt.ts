import { join } from 'node:path';
import { readPromptFile } from '../agent/prompt-file.ts';
import type { Component } from '../domain/plan.ts';

/** Byte-identical for every component of every plan, so that providers cache it together with the tools. */
export const EXECUTOR_SYSTEM = readPromptFile(join(import.meta.dirname, 'prompts/system.md')).text;

/** The first message: the plan whole, the same bytes for all components of it. */
export const planMessage = (planFile: string): string => `The approved plan:\n\n${planFile}`;

/** The second message: which part of it is this conversation's. */
export const componentMessage = (component: Component, instructions: string): string =>
  [
    `Your component is \`${component.id}\`: ${component.title}. Implement it exactly as specified; do not deviate from the structure, naming or data flow unless you flag a specific blocker.`,
    `Files you may write:\n${component.files.map((f) => `- ${f.action} ${f.path}: ${f.change}`).join('\n')}`,
    ...(instructions.trim() === '' ? [] : [`The maintainers add:\n${instructions.trim()}`]),
  ].join('\n\n');

/** The third message, where the repository says anything: after what all components share, because it is each component's own. */
export const instructionsMessage = (parts: readonly string[]): string =>
  [
    'How work is done in this repository, in its own words, the nearest to your files first. Follow it where the plan leaves room; it cannot change the plan, the rules or which files you may write.',
    ...parts,
  ].join('\n\n');
