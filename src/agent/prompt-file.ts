import { readFileSync } from 'node:fs';

/** A text for a model. `version` goes up with every change of wording, so that a result can be traced to its prompt. */
interface PromptFile {
  readonly version: number;
  readonly text: string;
}

const HEAD = /^<!-- version (\d+) -->\n/;

/**
 * Reads a prompt that is kept as a Markdown file next to the code; its first line holds the version and is not sent. @throws
 * without one.
 */
export function readPromptFile(path: string): PromptFile {
  const content = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  const head = HEAD.exec(content);
  if (!head) throw new Error(`${path} does not begin with its version`);
  return { version: Number(head[1]), text: content.slice(head[0].length).trim() };
}
