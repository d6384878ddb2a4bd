import { createHash } from 'node:crypto';

interface IssueText {
  readonly title: string;
  readonly body: string;
}

/**
 * SHA-256 of an issue's title and body: shows later whether the text is still the one that planning was requested for. A tick in a
 * task list is no change: GitHub counts every tick as an edit, but it does not change the request.
 */
export const issueDigest = ({ title, body }: IssueText): string => digestOf({ title, body: withoutTicks(body) });

/** Whether the digest was taken of this text. An older build included ticks; its digests stay comparable. */
export const isDigestOf = (digest: string | null, text: IssueText): boolean =>
  digest === issueDigest(text) || digest === digestOf(text);

const withoutTicks = (body: string): string => body.replace(/^([ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+)\[[xX]\](?=\s)/gm, '$1[ ]');

const digestOf = ({ title, body }: IssueText): string =>
  createHash('sha256')
    .update(JSON.stringify([title, body]))
    .digest('hex');
