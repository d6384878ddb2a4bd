import { inlineCode, sanitizeMarkdown } from '../../text/sanitize-markdown.ts';
import { clip, singleLine } from '../../text/truncate.ts';
import { findingList } from '../phrases/gate-findings.ts';

/** Why a run of `execution.workflow` leads to no patch. */
export type NoPatch =
  | { readonly kind: 'missing' | 'disabled' | 'unreadable' | 'not-started' }
  | { readonly kind: 'too-long'; readonly url: string }
  | { readonly kind: 'not-successful'; readonly conclusion: string; readonly url: string };

/** On the pull request; null where a failing check says it. */
export function patchMissing(workflow: string, why: NoPatch): string | null {
  const name = `\`.github/workflows/${workflow}\``;
  switch (why.kind) {
    case 'missing':
      return `${name} (\`execution.workflow\`) does not exist, so generated files such as lockfiles were not updated.`;
    case 'disabled':
      return `${name} (\`execution.workflow\`) is disabled, so generated files such as lockfiles were not updated.`;
    case 'unreadable':
      return `This installation may not read the runs of ${name} (\`execution.workflow\`), so generated files were not updated. Accept the App's permission to read actions.`;
    case 'not-started':
      return `${name} (\`execution.workflow\`) did not run here, so generated files such as lockfiles were not updated. Does it run on \`push\` to this branch?`;
    case 'too-long':
      return `[This run](${why.url}) of ${name} (\`execution.workflow\`) takes too long; Planwright has stopped waiting for its patch.`;
    case 'not-successful':
      return null;
  }
}

/** Posted on the pull request, and kept as the component's note: why the patch of a run was not applied. */
export const patchRefused = (url: string, reason: string): string =>
  sanitizeMarkdown(`The patch of [this run](${url}) was not applied: ${reason}`);

/** The reason, where its content is not allowed. */
export const patchUnfit = (findings: readonly string[]): string => `it failed the output checks:\n\n${findingList(findings)}`;

/** The reason, where git cannot apply it. */
export const patchDoesNotApply = (words: string): string => `git cannot apply it (${inlineCode(clip(singleLine(words), 200))}).`;
