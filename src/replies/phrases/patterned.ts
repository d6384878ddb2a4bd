import type { Component } from '../../domain/plan/plan.ts';
import { withoutClosingKeywords } from '../../text/sanitize-markdown.ts';
import { fillPattern, type PatternValues } from '../../text/text-pattern.ts';
import { truncate } from '../../text/truncate.ts';

/** GitHub takes 256 characters; what stands in place of the rest counts as well. */
const TITLE_MAX = 250;

/** What a repository's patterns are filled with, besides the title itself. */
export type Named = Omit<PatternValues, 'title'>;

/** A plan that was made before the pattern asked for a type has none: what it adds is a feature until people say otherwise. */
const TYPE_UNKNOWN = 'feat';

export const namedAs = (component: Pick<Component, 'id' | 'type' | 'scope'>, issue: number): Named => ({
  id: component.id,
  issue: String(issue),
  type: component.type ?? TYPE_UNKNOWN,
  scope: component.scope ?? '',
});

/** The plan's own pull request adds a document. */
export const namedAsPlan = (issue: number): Named => ({ id: 'plan', issue: String(issue), type: 'docs', scope: 'plan' });

/** A title that ends in "fix" must not close the issue that the pattern names after it. */
const filled = (pattern: string, values: PatternValues): string => withoutClosingKeywords(fillPattern(pattern, values));

/** The title of a pull request, by the repository's pattern. */
export const patternedTitle = (pattern: string, title: string, named: Named): string =>
  truncate(filled(pattern, { ...named, title }), TITLE_MAX, () => '…');

/** What a repository wants of commit messages. */
export interface CommitRules {
  readonly pattern: string;
  /** Trailers besides our own, as whole lines. */
  readonly trailers: readonly string[];
}

/**
 * A commit message by the repository's pattern: it stands in place of the first line, and further trailers below ours.
 * @param message its first line is the title, and its last paragraph holds trailers only.
 * @param named null for a merge, whose first line tools know as git writes it.
 */
export function patternedMessage(message: string, { pattern, trailers }: CommitRules, named: Named | null): string {
  const [title = '', ...rest] = message.split('\n');
  const first = named === null ? title : filled(pattern, { ...named, title });
  return [first, ...rest.slice(0, -1), ...trailers, ''].join('\n');
}
