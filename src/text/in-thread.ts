import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** What keeps a parser busy must not keep the whole program busy: such a text is read in a thread, which can be stopped. */
export interface ThreadOptions {
  /** The module that calls `answerInThread`. */
  readonly module: URL;
  /** Far above the time that an honest text takes, in milliseconds, so that a loaded machine refuses nothing. */
  readonly deadlineMs: number;
}

/** Far above what reading a text within our limits takes. */
const MEMORY_MB = 512;

/**
 * Asks threads, one question after the other, so that the deadline is each one's own. A thread for each question: starting one takes
 * less time than what is worth a thread, and none is left over.
 * @returns null when the deadline has passed or the thread has failed.
 */
export function threadFor<Question, Answer>({
  module,
  deadlineMs,
}: ThreadOptions): (question: Question) => Promise<Answer | null> {
  let turn: Promise<unknown> = Promise.resolve();

  async function ask(question: Question): Promise<Answer | null> {
    const thread = new Worker(module, {
      workerData: module.href,
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const { promise, resolve } = Promise.withResolvers<Answer | null>();
    const timer = setTimeout(() => resolve(null), deadlineMs);
    thread.once('message', resolve);
    thread.once('error', () => resolve(null));
    thread.once('exit', () => resolve(null));
    thread.postMessage(question);
    const answer = await promise;
    clearTimeout(timer);
    await thread.terminate();
    return answer;
  }

  return (question) => {
    const answer = turn.then(() => ask(question));
    turn = answer;
    return answer;
  };
}

/** To be called by the module that a thread runs; does nothing where another module imports it, for its path. */
export function answerInThread<Question, Answer>(module: URL, answer: (question: Question) => Answer): void {
  const port = parentPort;
  if (isMainThread || !port || workerData !== module.href) return;
  port.once('message', (question: Question) => port.postMessage(answer(question)));
}
