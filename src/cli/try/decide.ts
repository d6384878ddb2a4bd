import type { ActiveTry } from './active-try.ts';
import { type Decision, readDecision } from './decision.ts';
import type { Person } from './terminal/person.ts';
import type { Screen } from './terminal/screen.ts';

export interface DeciderOptions {
  /** The decisions that the command's options give; each is used once. */
  readonly given: readonly Decision[];
  /** Whether a plan is approved without asking as soon as it can be. */
  readonly approves: boolean;
  /** Null: no person can answer. */
  readonly person: Person | null;
  readonly screen: Screen;
}

const SHOWN: Readonly<Record<Decision['kind'], string>> = {
  approve: '[a]pprove',
  ask: '[q]uestion ...',
  replan: '[r]eplan ...',
  edit: '[e]dit',
  retry: '[t]ry again',
  stop: '[s]top',
};

/** Asks the person, unless the options of the command have answered already. */
export function decider({ given, approves, person, screen }: DeciderOptions): Pick<ActiveTry, 'decide' | 'askFor'> {
  const queue = [...given];

  async function line(prompt: string): Promise<string | null> {
    if (person === null) return null;
    screen.quiet(true);
    try {
      return await person.ask(screen.prompt(prompt));
    } finally {
      screen.quiet(false);
    }
  }

  return {
    async decide(about, choices) {
      const next = queue[0];
      if (next && choices.includes(next.kind)) {
        queue.shift();
        return next;
      }
      if (approves && choices.includes('approve')) return { kind: 'approve' };
      if (person === null) return null;
      for (;;) {
        screen.emit({ type: 'decision', about, choices });
        const said = await line(`${about} ${choices.map((choice) => SHOWN[choice]).join('  ')} > `);
        if (said === null) return { kind: 'stop' };
        const decision = readDecision(said, choices);
        if (decision !== null) return decision;
        if (said.trim() !== '') screen.emit({ type: 'note', text: `Not understood. Answer with one of: ${choices.join(', ')}.` });
      }
    },
    askFor: async (what) => (await line(`${what} > `))?.trim() || null,
  };
}
