import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** What keeps a parser busy must not keep the whole program busy: such a text is read in a thread, which can be stopped. */
export interface ThreadOptions {
  /** The module that calls `answerInThread`. */
  readonly module: URL;
  /** Far above the time that an honest text takes, in milliseconds, so that a loaded machine refuses nothing. */
  readonly deadlineMs: number;
  /** For how long a thread waits for the next question, in milliseconds; what `keepThreads` has said by default. */
  readonly keptMs?: number;
}

/** Far above what reading a text within our limits takes. */
const MEMORY_MB = 512;
/** By itself it may grow to the size of what a busy program's main thread needs. */
const YOUNG_MB = 8;

let keptByDefault = 0;

/** For a program that is asked again and again: one that reads a file and ends has no use for a thread that waits. */
export function keepThreads(ms: number): void {
  keptByDefault = ms;
}

/**
 * Asks a thread, one question after the other, so that the deadline is each one's own. It is started for the first question and may be kept for a while:
 * starting one and loading the parser costs 430 ms of processor time, reading a usual plan 35 ms.
 * @returns null when the deadline has passed or the thread has failed; the next question then has a new thread.
 */
export function threadFor<Question, Answer>({
  module,
  deadlineMs,
  keptMs,
}: ThreadOptions): (question: Question) => Promise<Answer | null> {
  let turn: Promise<unknown> = Promise.resolve();
  let kept: Worker | null = null;
  let idle: NodeJS.Timeout | undefined;

  function start(): Worker {
    const thread = new Worker(module, {
      workerData: module.href,
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    // Whoever waits for an answer has a timer; nothing else is to keep the process alive.
    thread.unref();
    // A thread that fails between two questions must not end the program.
    thread.on('error', () => void end(thread));
    thread.on('exit', () => void end(thread));
    return thread;
  }

  async function end(thread: Worker): Promise<void> {
    if (kept === thread) kept = null;
    await thread.terminate();
  }

  async function ask(question: Question): Promise<Answer | null> {
    clearTimeout(idle);
    kept ??= start();
    const thread = kept;
    const { promise, resolve } = Promise.withResolvers<{ readonly answer: Answer } | null>();
    const given = (answer: Answer): void => resolve({ answer });
    const lost = (): void => resolve(null);
    const timer = setTimeout(lost, deadlineMs);
    thread.once('message', given).once('error', lost).once('exit', lost);
    thread.postMessage(question);
    const answered = await promise;
    clearTimeout(timer);
    thread.off('message', given).off('error', lost).off('exit', lost);
    if (answered === null) {
      await end(thread);
      return null;
    }
    const forMs = keptMs ?? keptByDefault;
    if (forMs === 0) await end(thread);
    else idle = setTimeout(() => void end(thread), forMs).unref();
    return answered.answer;
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
  port.on('message', (question: Question) => port.postMessage(answer(question)));
}
