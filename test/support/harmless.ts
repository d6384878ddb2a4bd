import { expect } from '@jest/globals';

/** Outside of code no mention but the bot's own address, no closing keyword, no HTML and no image is left that GitHub would act on. */
export function expectHarmless(text: string): void {
  const acceptText = text
    .replace(/^<!-- \/?planwright:.*-->$/gm, '')
    .replace(/<\/?(?:details|summary|sub)>/g, '')
    .replace(/^ *```[\s\S]*?^ *```/gm, '')
    .replace(/(?<!\\)`[^`\n]*`/g, '')
    // Whom the bot itself addresses, at the beginning of a reply and in the status comment.
    .replace(/^@[\w-]+(?=, )/, '')
    .replace(/^\*\*Next for @[\w-]+:\*\*/m, '');
  expect(acceptText).not.toMatch(/(?<![\w.])@[a-z0-9]/i);
  expect(acceptText).not.toMatch(/\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]+\/[\w.-]+)?#\d/i);
  expect(acceptText).not.toMatch(/<[a-z/!]/i);
  expect(acceptText).not.toMatch(/(?<!\\)!\[/);
}
