import { createHash } from 'node:crypto';

/** SHA-256 of an issue's title and body: tells later whether the text is still the one a writer asked to have planned. */
export const issueDigest = (text: { readonly title: string; readonly body: string }): string =>
  createHash('sha256')
    .update(JSON.stringify([text.title, text.body]))
    .digest('hex');
