import { fileText } from '../agent/files/file-text.ts';
import type { Workspace } from '../agent/files/workspace.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { PlanFinding } from '../domain/plan/plan-finding.ts';
import { specHash } from '../domain/plan/spec-hash.ts';
import type { SoundnessContext } from './soundness.ts';

/** Bytes. A larger file is not read for this: the executor's tools refuse what they cannot edit. */
const READ_MAX = 5_000_000;

/**
 * The files a plan modifies that the executor's tools cannot edit because of their content: binaries, Git LFS pointers, other
 * encodings. Found here, before the work begins, rather than after it was paid for.
 */
export async function checkText(
  plan: Plan,
  workspace: Workspace,
  { merged }: Pick<SoundnessContext, 'merged'>,
): Promise<PlanFinding[]> {
  const files = await workspace.files();
  const findings: PlanFinding[] = [];
  for (const [index, { id, files: planned }] of plan.components.entries()) {
    if (merged?.[id] !== undefined && merged[id] === specHash(plan, id)) continue;
    for (const [i, { path, action }] of planned.entries()) {
      const file = files.get(path);
      if (action !== 'modify' || !file || !file.mode.startsWith('100') || (file.size ?? 0) > READ_MAX) continue;
      const text = fileText(file, await workspace.read(path));
      if (text.ok) continue;
      const what = text.reason.slice(path.length).replace(/\.$/, '');
      const message = `${path} (${id})${what}; it cannot be edited as text: leave it out.`;
      findings.push({ rule: 'not-text', message, at: ['components', index, 'files', i, 'path'], component: id, path });
    }
  }
  return findings;
}
