import type { Clock } from '../../../ports/clock.ts';
import { cost, duration } from '../../../replies/phrases/figures.ts';
import { type Redactor, redactLogLine } from '../../../text/redaction/redactor.ts';
import { linesFor, sanitizeForTerminal } from './event-lines.ts';
import type { EmitEvent, TryEvent } from './events.ts';

/** Where events go. */
export interface Screen {
  readonly emit: EmitEvent;
  /** Text that belongs to a question, on the same line as the answer. */
  prompt(text: string): string;
  /** While a person or an editor uses the terminal, nothing is drawn. */
  quiet(quiet: boolean): void;
  close(): void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;
const CLEAR = '\r\u001b[2K';

export interface ScreenOptions {
  readonly json: boolean;
  readonly output: NodeJS.WriteStream;
  readonly clock: Clock;
  readonly redact: Redactor;
}

/** One line of JSON for each event, or lines for people; on a terminal the last one shows who is being waited for. */
export function createScreen({ json, output, clock, redact }: ScreenOptions): Screen {
  if (json) {
    return {
      emit: (event) => void output.write(redactLogLine(JSON.stringify(event), redact)),
      prompt: () => '',
      quiet: () => {},
      close: () => {},
    };
  }
  const waiting = new Map<string, { readonly turn: number; readonly since: number }>();
  let spent: number | null = 0;
  let quiet = false;
  let frame = 0;

  const spin = (): void => {
    if (quiet || waiting.size === 0) return;
    frame = (frame + 1) % FRAMES.length;
    const who = [...waiting].map(([name, { turn, since }]) => `${name} turn ${turn}, ${duration(clock.now() - since)}`);
    const line = `${FRAMES[frame]} ${who.join(' · ')} · ${cost(spent)} so far`;
    output.write(`${CLEAR}${line.slice(0, (output.columns ?? 80) - 1)}`);
  };
  const timer = output.isTTY ? setInterval(spin, FRAME_MS) : null;
  timer?.unref();

  function note(event: TryEvent): void {
    if (event.type === 'resumed') spent = event.recorded_usd;
    if (event.type !== 'progress') return;
    if (event.kind === 'asking') waiting.set(event.who, { turn: event.turn, since: clock.now() });
    else waiting.delete(event.who);
    if (event.kind === 'turn') spent = spent === null || event.usd === null ? null : spent + event.usd;
  }

  return {
    emit(event) {
      note(event);
      const lines = linesFor(event);
      if (lines.length === 0) return;
      output.write(`${output.isTTY ? CLEAR : ''}${sanitizeForTerminal(redact(lines.join('\n')))}\n`);
    },
    prompt: (text) => text,
    quiet(now) {
      quiet = now;
      if (output.isTTY && now) output.write(CLEAR);
    },
    close() {
      if (timer) clearInterval(timer);
      if (output.isTTY) output.write(CLEAR);
    },
  };
}
