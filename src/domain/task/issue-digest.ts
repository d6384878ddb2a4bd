import { createHash } from 'node:crypto';

interface IssueText {
  readonly title: string;
  readonly body: string;
}

/**
 * SHA-256 of an issue's title and body: tells later whether the text is still the one a writer asked to have planned. A tick in a task list
 * is no change: every tick is an edit to GitHub, and says nothing about what is wanted.
 */
export const issueDigest = ({ title, body }: IssueText): string => digestOf({ title, body: withoutTicks(body) });

/** Whether the digest was taken of this text. An older build counted ticks; what it has recorded stays comparable. */
export const isDigestOf = (digest: string | null, text: IssueText): boolean =>
  digest === issueDigest(text) || digest === digestOf(text);

const withoutTicks = (body: string): string => body.replace(/^([ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+)\[[xX]\](?=\s)/gm, '$1[ ]');

const digestOf = ({ title, body }: IssueText): string =>
  createHash('sha256')
    .update(JSON.stringify([title, body]))
    .digest('hex');
