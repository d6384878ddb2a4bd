import { z } from 'zod';
import { secretsInAnswer } from '../../agent/secrets-in-answer.ts';
import { defineTool, type Tool, toolError } from '../../agent/tool.ts';
import type { Blocker } from '../../domain/task/task.ts';
import { clip } from '../../text/truncate.ts';

export interface Blocked {
  readonly kind: 'blocked';
  readonly blocker: Blocker;
}

/** People read a blocker, and the status comment keeps it: more text than this would not help. */
const MAX_CHARS = 1_500;
const cut = (text: string): string => clip(text, MAX_CHARS, ' [...]');

const input = z.strictObject({
  kind: z
    .enum(['impossible', 'contradiction', 'missing_context', 'out_of_scope'])
    .describe('out_of_scope: another file would have to change'),
  plan_clause: z.string().min(1).describe('The words of the plan that cannot be followed'),
  evidence: z.string().min(1).describe('What you found in the repository, with paths and lines'),
  proposal: z.string().min(1).describe('How the plan could be amended'),
});

export const flagBlockerTool = (): Tool<Blocked> =>
  defineTool({
    name: 'flag_blocker',
    description:
      'Ends this component because the plan cannot be followed as written. Nothing is published; people read what you say and the plan is amended.',
    input,
    run: async ({ kind, ...texts }) => {
      const secrets = await secretsInAnswer(texts);
      if (secrets.length > 0) return toolError(`This text is posted, and people read it.\n${secrets.join('\n')}`);
      const { plan_clause, evidence, proposal } = texts;
      return {
        content: 'Flagged.',
        is_error: false,
        final: {
          kind: 'blocked',
          blocker: { kind, plan_clause: cut(plan_clause), evidence: cut(evidence), proposal: cut(proposal) },
        },
      };
    },
  });
