// What the thread of in-thread.test.ts runs: it says which thread it is, ends, or never answers.
import { threadId } from 'node:worker_threads';
import { answerInThread } from '../../src/text/in-thread.ts';

export type Question = 'which' | 'end' | 'throw' | 'for ever';

answerInThread<Question, number>(new URL(import.meta.url), (question) => {
  if (question === 'end') process.exit(1);
  if (question === 'throw') throw new Error('it cannot be read');
  while (question === 'for ever');
  return threadId;
});
