import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

export interface IssueText {
  readonly title: string;
  readonly body: string;
}

/** GitHub's limit for a title. */
const TITLE_MAX = 256;

/**
 * Reads `--issue`: `-` is the input, the path of a file is that file, and everything else is the text itself. @param folder where
 * paths begin.
 */
export async function readIssue(given: string, folder: string, input: NodeJS.ReadStream): Promise<Outcome<IssueText>> {
  const read =
    given === '-' ? await text(input) : isFile(resolve(folder, given)) ? readFileSync(resolve(folder, given), 'utf8') : given;
  const issue = issueOf(read);
  return issue.title === '' ? failure('The issue is empty: describe it with --issue.') : success(issue);
}

/** The first line with text is the title, without heading marks; a long one is the body as well, so that nothing is lost. */
export function issueOf(given: string): IssueText {
  const lines = given.replace(/\r\n?/g, '\n').trim().split('\n');
  const title = (lines[0] ?? '').replace(/^#+\s+/, '').trim();
  const body = lines.slice(1).join('\n').trim();
  if (title.length <= TITLE_MAX) return { title, body };
  return { title: `${title.slice(0, TITLE_MAX - 1).toWellFormed()}…`, body: given.trim() };
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
