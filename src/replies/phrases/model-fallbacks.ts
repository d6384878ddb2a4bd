import type { Spend } from '../../domain/model/spend.ts';
import { sanitizeLine } from '../../text/sanitize-markdown.ts';

/** The models that did the work, the latest last; those that were out are told of apart. */
export const answeringModels = (spends: readonly Spend[]): string[] => [
  ...new Set(spends.filter((s) => s.out === undefined).map((s) => s.model)),
];

/** A sentence for each model that was out while another did its work; none where nobody did. */
export function modelFallbacks(spends: readonly Spend[]): string[] {
  const there = answeringModels(spends);
  const by = there.at(-1);
  const gone = spends.flatMap((s) => (s.out === undefined || there.includes(s.model) ? [] : [[s.model, s.out] as const]));
  const reasons = new Map(by === undefined ? [] : gone);
  return [...reasons].map(([model, reason]) => `\`${model}\` was out, so \`${by}\` did the work: ${sanitizeLine(reason)}`);
}
