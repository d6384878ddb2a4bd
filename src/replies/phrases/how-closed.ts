import { inlineCode } from '../../text/sanitize-markdown.ts';

/** Who or what closed a pull request, where that is no decision of a person with write access. */
export type Undecided = { readonly kind: string; readonly by?: string } | null;

export function howClosed(closing: Undecided): string {
  switch (closing?.kind) {
    case 'by_bot':
      return `by the bot ${inlineCode(closing.by ?? '')}, which does not count as a decision`;
    case 'by_stranger':
      return `by ${inlineCode(closing.by ?? '')}, who has no write access, which does not count as a decision`;
    case 'base_deleted':
      return 'because its base branch was deleted, which does not count as a decision';
    default:
      return 'without GitHub saying by whom, which does not count as a decision';
  }
}
