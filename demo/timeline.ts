import { styleText } from 'node:util';

/** Who did something: a person by login, or one of the machines. */
export type Log = (who: string, what: string) => void;

export interface Timeline {
  readonly log: Log;
  /** A line in between, for what is not an event. */
  readonly heading: (text: string) => void;
  /** Text as it is, under a heading. */
  readonly show: (text: string) => void;
  /** All events so far, without colours. */
  readonly told: () => string;
}

const WHO_WIDTH = 13;
const INDENT = ' '.repeat(8 + 2 + WHO_WIDTH + 2);

type Style = 'bold' | 'dim' | 'blue' | 'cyan' | 'green' | 'magenta' | 'yellow';
const STYLES: Readonly<Record<string, Style>> = { planwright: 'green', planner: 'blue', ci: 'yellow', demo: 'dim' };

export const isColourful = (): boolean => process.stdout.isTTY === true && !process.env.NO_COLOR;

export function createTimeline(isPerson: (who: string) => boolean): Timeline {
  const started = performance.now();
  const colour = isColourful();
  const width = Math.min(Math.max(process.stdout.columns ?? 120, 80), 140);
  const paint = (style: Style, text: string): string => (colour ? styleText(style, text) : text);
  const events: string[] = [];
  const print = (text: string): void => void process.stdout.write(`${text}\n`);

  return {
    log(who, what) {
      const at = (performance.now() - started) / 1000;
      const time = `${Math.floor(at / 60)}:${(at % 60).toFixed(1).padStart(4, '0')}`.padStart(8);
      const style = isPerson(who) ? 'magenta' : (STYLES[who] ?? 'cyan');
      events.push(`${time}  ${who.padEnd(WHO_WIDTH)}  ${what}\n`);
      const lines = wrapped(what, width - INDENT.length);
      print(`${paint('dim', time)}  ${paint(style, who.padEnd(WHO_WIDTH))}  ${lines.join(`\n${INDENT}`)}`);
    },
    heading: (text) =>
      print(`\n${paint('bold', `${'─'.repeat(3)} ${text} ${'─'.repeat(Math.max(3, width - text.length - 5))}`)}\n`),
    show: print,
    told: () => events.join(''),
  };
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
