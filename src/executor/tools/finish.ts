import { z } from 'zod';
import { defineTool, refuse, type Tool } from '../../agent/tool.ts';

export interface Finished {
  readonly kind: 'finished';
  readonly summary: string;
}

/** `findings` is the output gate on the change set as it is now: what it says goes back to the model. */
export const finishTool = (findings: () => Promise<readonly string[]>): Tool<Finished> =>
  defineTool({
    name: 'finish',
    description:
      'Ends this component as done. The change is checked against the plan; if something is found, it comes back for you to mend.',
    input: z.strictObject({
      summary: z.string().min(1).describe('What was done, in a few sentences; criteria that are not met'),
    }),
    run: async ({ summary }) => {
      const found = await findings();
      if (found.length === 0) return { content: 'Done.', is_error: false, final: { kind: 'finished', summary } };
      return refuse(
        `This cannot be published yet:\n${found.map((f) => `- ${f}`).join('\n')}\nMend it and call finish again, or call flag_blocker if the plan does not allow what is needed.`,
      );
    },
  });
