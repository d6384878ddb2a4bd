import { closest, distance } from 'fastest-levenshtein';

/** Every word that is a command. */
const COMMAND_WORDS = ['plan', 'replan', 'ask', 'execute', 'revise', 'cancel', 'status', 'help'] as const;
export type CommandWord = (typeof COMMAND_WORDS)[number];

/**
 * Words of four letters or more that other bots listen to and that resemble one of ours, or that are common enough to be left
 * alone.
 */
const OF_OTHER_BOTS = new Set(
  (
    'approve area assign backport build cancel-retest cherrypick close cla deploy hello help-wanted helm hold kind label lgtm lifecycle merge ' +
    'milestone override plane planner play plans priority ready rebase reopen reset restart retest retitle review rerun revert skip squash ' +
    'stage stats task tasks test tests triage unassign unhold verify'
  ).split(' '),
);

/** A shorter word is one typing mistake away from too many others. */
const SHORTEST = 4;

/**
 * The command that a bare word was meant to be: one letter wrong, missing, too many, or two of them swapped. Null: the word is not
 * meant for us.
 */
export function misspeltCommand(word: string): CommandWord | null {
  if (word.length < SHORTEST || OF_OTHER_BOTS.has(word)) return null;
  return COMMAND_WORDS.find((command) => isOneSlip(word, command)) ?? null;
}

/** The command nearest to a word that was certainly meant for us; null when none is near. */
export function nearestCommand(word: string): CommandWord | null {
  const nearest = closest(word, COMMAND_WORDS as unknown as string[]) as CommandWord;
  return isOneSlip(word, nearest) || distance(word, nearest) < nearest.length / 2 ? nearest : null;
}

function isOneSlip(word: string, command: string): boolean {
  if (distance(word, command) === 1) return true;
  if (word.length !== command.length) return false;
  const wrong = [...word].flatMap((letter, i) => (letter === command[i] ? [] : [i]));
  const [first = 0, second = 0] = wrong;
  return wrong.length === 2 && second === first + 1 && word[first] === command[second] && word[second] === command[first];
}
