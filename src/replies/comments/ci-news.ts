import { inlineCode, quote } from '../../text/sanitize-markdown.ts';
import { checkNames } from '../phrases/check-names.ts';

/** What is said on components' pull requests about their checks. */

export const nothingRan = (): string =>
  "No checks but Planwright's own ran here, so there was nothing to wait for. This pull request is ready for review, and untested.";

export const failsBelow = (names: readonly string[], base: string): string =>
  `${sentenceOf(names, 'fails', 'fail')} here, but no less on ${inlineCode(base)} itself, so nothing was done about ${names.length === 1 ? 'it' : 'them'}, and this pull request is not held up for ${names.length === 1 ? 'it' : 'them'}.`;

/** Kept as the component's reason, so a sentence by itself. */
export const stillFailing = (names: readonly string[]): string => `${sentenceOf(names, 'fails', 'fail')} still.`;

export const checksLeft = (names: readonly string[], tried: readonly string[]): string =>
  [
    `${sentenceOf(names, 'fails', 'fail')} still, and Planwright leaves it at that. ${tried.length === 1 ? 'One attempt was' : `${tried.length} attempts were`} made to mend what failed:`,
    ...tried.flatMap((outcome, i) => ['', `**${i + 1}.**`, '', quote(outcome)]),
    '',
    'Push to this branch, comment `/revise` with what you know about it, or `/replan` if the plan is at fault.',
  ].join('\n');

const sentenceOf = (names: readonly string[], one: string, many: string): string =>
  `${names.length === 1 ? 'The check' : 'The checks'} ${checkNames(names)} ${names.length === 1 ? one : many}`;
