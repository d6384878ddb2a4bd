import type { Spend } from '../domain/model/spend.ts';
import { clip } from '../text/truncate.ts';
import { type LoopEnd, type LoopPorts, type LoopSetup, runLoop } from './loop.ts';

/**
 * Holds the conversation with the first model that is available for all of it. When one becomes unavailable, the next starts over
 * with a state of its own: reasoning cannot be carried from one provider to another. That a model was unavailable is recorded like
 * a turn, so a restart resumes with the model it had reached.
 * @param models in the order in which they are tried; a model named twice is tried once.
 * @param setupFor must give a fresh state for each model.
 */
export async function runLoopWithFallback<Final, Edits>(
  models: readonly [string, ...string[]],
  setupFor: (model: string) => LoopSetup<Final, Edits>,
  ports: LoopPorts,
): Promise<LoopEnd<Final>> {
  const abandoned: Spend[] = [];
  const reasons: string[] = [];
  const [first, ...others] = [...new Set(models)] as [string, ...string[]];
  let end = await runLoop(setupFor(first), ports);
  let rejections = 0;
  for (const model of others) {
    // A request that two models refuse is at fault itself, and a third would refuse it too.
    if (end.kind === 'failed' && end.rejected) rejections += 1;
    if (end.kind !== 'failed' || !(end.modelUnavailable || (end.rejected && rejections === 1))) break;
    reasons.push(end.reason);
    abandoned.push(...markedUnavailable(end.spend, end.reason));
    end = await runLoop(setupFor(model), {
      ...ports,
      record: (name, run) => ports.record(`${name} of ${model}`, run),
    });
  }
  const spend = [...abandoned, ...end.spend];
  return end.kind === 'failed' ? { ...end, reason: [...reasons, end.reason].join(' '), spend } : { ...end, spend };
}

const MAX_REASON = 300;
const markedUnavailable = (spends: readonly Spend[], reason: string): Spend[] =>
  spends.map((spend) => ({ ...spend, out: clip(reason, MAX_REASON) }));
