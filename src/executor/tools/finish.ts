import { z } from 'zod';
import { secretsInAnswer } from '../../agent/secrets-in-answer.ts';
import { type Answer, defineTool, refuse, type Tool } from '../../agent/tool.ts';
import { findingList } from '../../replies/phrases/gate-findings.ts';
import { clip } from '../../text/truncate.ts';

export interface Finished {
  readonly kind: 'finished';
  readonly summary: string;
}

/** There were findings, and there are again. */
export interface Unfit {
  readonly kind: 'unfit';
  readonly findings: readonly string[];
}

export interface OutputGate {
  /** What keeps the change set as it is now from being published. */
  findings(): Promise<readonly string[]>;
  /** In an earlier turn findings went back to the model, which they do once. */
  readonly wentBack: boolean;
  /** They do in this one. */
  sendBack(): void;
}

/** The pull request's body has other things to say, too. */
const MAX_CHARS = 10_000;
const cut = (text: string): string => clip(text, MAX_CHARS, ' [...]');

export const finishTool = (gate: OutputGate): Tool<Finished | Unfit> =>
  defineTool({
    name: 'finish',
    description:
      'Ends this component as done. The change is checked against the plan; if something is found, it comes back for you to mend, once.',
    input: z.strictObject({
      summary: z
        .string()
        .min(1)
        .describe('What was done, in a few sentences; and for each acceptance criterion that is not met a line "Not met: ..."'),
    }),
    run: async ({ summary }): Promise<Answer<Finished | Unfit>> => {
      const found = [...(await gate.findings()), ...(await secretsInAnswer({ summary }))];
      if (found.length === 0) return { content: 'Done.', is_error: false, final: { kind: 'finished', summary: cut(summary) } };
      const list = findingList(found);
      if (gate.wentBack) {
        return { content: `This cannot be published:\n${list}`, is_error: true, final: { kind: 'unfit', findings: found } };
      }
      gate.sendBack();
      return refuse(
        `This cannot be published yet:\n${list}\nMend it and call finish again, or call flag_blocker if the plan does not allow what is needed. If anything is found then, the component stops.`,
      );
    },
  });
