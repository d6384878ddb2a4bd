import { join } from 'node:path';
import { readPromptFile } from '../agent/prompt-file.ts';

const read = (name: string) => readPromptFile(join(import.meta.dirname, 'prompts', name));

/** The same bytes for every plan, so that providers cache it together with the tools. */
export const PLANNER_SYSTEM = read('system.md');
/** Sent once, as the result of the first sound submission. */
export const SELF_REVIEW = read('self-review.md');
/** For a question about a plan; the answer is plain text. */
export const ASK_SYSTEM = read('ask.md');
/** For the comparison of what was merged with what was planned. */
export const FINAL_REVIEW = read('final-review.md');
