import type { Spend } from '../domain/model/spend.ts';
import { clip } from '../text/truncate.ts';
import { converse, type LoopEnd, type LoopPorts, type LoopSetup } from './loop.ts';

/**
 * Holds the conversation with the first model that is there for all of it. When one is out, the next begins anew, on a bench of its
 * own: reasoning cannot be carried from one provider to another. That a model was out is recorded like a turn, so a restart goes on
 * with the model it had come to.
 * @param models in the order in which they are tried; a model named twice is tried once.
 * @param setupFor must give a fresh bench for each model.
 */
export async function converseWithFallback<Final, Edits>(
  models: readonly [string, ...string[]],
  setupFor: (model: string) => LoopSetup<Final, Edits>,
  ports: LoopPorts,
): Promise<LoopEnd<Final>> {
  const out: Spend[] = [];
  const reasons: string[] = [];
  const [first, ...others] = [...new Set(models)] as [string, ...string[]];
  let end = await converse(setupFor(first), ports);
  for (const model of others) {
    if (end.kind !== 'failed' || !end.out) break;
    reasons.push(end.reason);
    out.push(...markedOut(end.spend, end.reason));
    end = await converse(setupFor(model), {
      ...ports,
      record: (name, run) => ports.record(`${name} of ${model}`, run),
    });
  }
  const spend = [...out, ...end.spend];
  return end.kind === 'failed' ? { ...end, reason: [...reasons, end.reason].join(' '), spend } : { ...end, spend };
}

const MAX_REASON = 300;
const markedOut = (spends: readonly Spend[], reason: string): Spend[] =>
  spends.map((spend) => ({ ...spend, out: clip(reason, MAX_REASON) }));
