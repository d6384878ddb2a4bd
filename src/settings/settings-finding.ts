import { clip } from '../text/truncate.ts';

/** One thing wrong with the file: the 1-based line it is on, and a sentence in Markdown that says what would be right. */
export interface SettingsFinding {
  readonly line: number;
  readonly message: string;
}

/** A text in backticks, so that words from the file neither mention anyone nor format the comment they are quoted in. */
export const quoted = (text: string): string => `\`${clip(text.replace(/[`\s]+/g, ' '), 120)}\``;
