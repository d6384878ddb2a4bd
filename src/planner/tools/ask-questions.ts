import { z } from 'zod';
import { secretsInAnswer } from '../../agent/secrets-in-answer.ts';
import { defineTool, type Tool, toolError, toolResult } from '../../agent/tool.ts';
import { type Question, questionSchema } from '../../domain/task/task.ts';

export interface PlannerQuestions {
  readonly kind: 'questions';
  readonly questions: readonly Question[];
}

const input = z.strictObject({ questions: z.array(questionSchema).min(1).max(10) });

/** `tooLate`: there is a sound plan already, so planning no longer stops for questions. */
export const askQuestionsTool = ({ tooLate }: { readonly tooLate: boolean }): Tool<PlannerQuestions> =>
  defineTool({
    name: 'ask_questions',
    description:
      'Asks people what must be known before planning. Use it only when no safe assumption exists; planning stops until they answer.',
    input,
    async run({ questions }) {
      if (tooLate) {
        return toolError(
          'There is a sound plan already, and people answer questions when they read it: submit it with these under open_questions, each with the assumption it makes.',
        );
      }
      const secrets = await secretsInAnswer({ questions: JSON.stringify(questions) });
      return secrets.length > 0
        ? toolError(secrets.join('\n'))
        : { ...toolResult('Asked.'), final: { kind: 'questions', questions } };
    },
  });
