import type { Spend } from '../../domain/model/spend.ts';
import { sanitizeLine } from '../../text/sanitize-markdown.ts';

/** The models that did the work, the latest last, without those that were unavailable. */
export const answeringModels = (spends: readonly Spend[]): string[] => [
  ...new Set(spends.filter((s) => s.out === undefined).map((s) => s.model)),
];

/** A sentence for each model that was unavailable while another did its work; none where no other did. */
export function modelFallbacks(spends: readonly Spend[]): string[] {
  const answering = answeringModels(spends);
  const used = answering.at(-1);
  const unavailable = spends.flatMap((s) =>
    s.out === undefined || answering.includes(s.model) ? [] : [[s.model, s.out] as const],
  );
  const reasons = new Map(used === undefined ? [] : unavailable);
  return [...reasons].map(([model, reason]) => `\`${model}\` was unavailable, so \`${used}\` was used: ${sanitizeLine(reason)}`);
}
