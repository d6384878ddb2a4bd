import { createInterface } from 'node:readline';

/** A person who answers questions. */
export interface Person {
  /** One line; null when the input has ended. */
  ask(prompt: string): Promise<string | null>;
}

/**
 * Reads from the terminal, or line by line from whatever is on the input. On a terminal there is an interface only while a question
 * is open, so that an editor may have the keyboard in between; in a pipe there is one for all, because it has read ahead.
 */
export function personAt(input: NodeJS.ReadStream, output: NodeJS.WriteStream, onInterrupt: () => void): Person {
  let lines: AsyncIterator<string> | null = null;

  async function askTerminal(prompt: string): Promise<string | null> {
    const open = createInterface({ input, output });
    open.on('SIGINT', onInterrupt);
    try {
      return await new Promise((resolve) => {
        open.once('close', () => resolve(null));
        open.question(prompt, resolve);
      });
    } finally {
      open.close();
    }
  }

  async function askPipe(prompt: string): Promise<string | null> {
    if (prompt !== '') output.write(`${prompt}\n`);
    lines ??= createInterface({ input })[Symbol.asyncIterator]();
    const { value, done } = await lines.next();
    return done ? null : value;
  }

  return { ask: (prompt) => (input.isTTY ? askTerminal(prompt) : askPipe(prompt)) };
}
