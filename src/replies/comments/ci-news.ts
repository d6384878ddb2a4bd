import { inlineCode, quote } from '../../text/sanitize-markdown.ts';
import { checkNames } from '../phrases/check-names.ts';

/** Comments on components' pull requests about their checks. */

export const noChecksRan = (): string => 'No CI ran, so this is untested. Ready for review.';

export const failsOnBase = (names: readonly string[], base: string): string => {
  const one = names.length === 1;
  return `${checkNames(names)} also ${one ? 'fails' : 'fail'} on ${inlineCode(base)}, so ${one ? 'it is' : 'they are'} not this pull request's fault. Ready for review anyway.`;
};

/** Kept as the component's reason, so it is a whole sentence. */
export const stillFailing = (names: readonly string[]): string =>
  `${checkNames(names)} still ${names.length === 1 ? 'fails' : 'fail'}.`;

export const checksAbandoned = (names: readonly string[], tried: readonly string[]): string =>
  [
    `${checkNames(names)} still ${names.length === 1 ? 'fails' : 'fail'} after ${tried.length} ${tried.length === 1 ? 'attempt' : 'attempts'}; Planwright has stopped trying. What it tried:`,
    ...tried.flatMap((outcome, i) => ['', `**${i + 1}.**`, '', quote(outcome)]),
    '',
    'Push a fix to this branch, comment `/revise` with what you know about the failure, or `/replan` if the plan is at fault.',
  ].join('\n');
