import { z } from 'zod';
import { secretsInAnswer } from '../../agent/secrets-in-answer.ts';
import { type Answer, defineTool, type Tool, toolError } from '../../agent/tool.ts';
import { findingList } from '../../replies/phrases/gate-findings.ts';
import { clip } from '../../text/truncate.ts';

export interface Finished {
  readonly kind: 'finished';
  readonly summary: string;
}

/** The gate had findings twice. */
export interface Rejected {
  readonly kind: 'unfit';
  readonly findings: readonly string[];
}

export interface OutputGate {
  /** Why the present change set may not be published. */
  findings(): Promise<readonly string[]>;
  /** Whether findings went back to the model in an earlier turn, which happens once. */
  readonly wentBack: boolean;
  /** Records that findings go back in this turn. */
  sendBack(): void;
}

/** The pull request's body needs room for other parts, too. */
const MAX_CHARS = 10_000;
const cut = (text: string): string => clip(text, MAX_CHARS, ' [...]');

const input = z.strictObject({
  summary: z
    .string()
    .min(1)
    .describe(
      'What was done, in a few sentences; then for each acceptance criterion a line "- [x] CRITERION (shown by PATH)" or "- [ ] CRITERION: why it is not met"',
    ),
});

export const finishTool = (gate: OutputGate): Tool<Finished | Rejected> =>
  defineTool({
    name: 'finish',
    description:
      'Ends this component as done. The change is checked against the plan; if something is found, it comes back for you to fix, once.',
    input,
    run: async ({ summary }): Promise<Answer<Finished | Rejected>> => {
      const found = [...(await gate.findings()), ...(await secretsInAnswer({ summary }))];
      if (found.length === 0) return { content: 'Done.', is_error: false, final: { kind: 'finished', summary: cut(summary) } };
      const list = findingList(found);
      if (gate.wentBack) {
        return { content: `This cannot be published:\n${list}`, is_error: true, final: { kind: 'unfit', findings: found } };
      }
      gate.sendBack();
      return toolError(
        `This cannot be published yet:\n${list}\nFix it and call finish again, or call flag_blocker if the plan does not allow what is needed. If anything is found then, the component stops.`,
      );
    },
  });
