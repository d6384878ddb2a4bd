import { parseWorkspacePath } from '../agent/workspace-path.ts';
import type { ChangeSet, FileChange } from '../domain/change-set.ts';

export interface GateLimits {
  readonly files: number;
  /** Of all new contents together. */
  readonly bytes: number;
}

export const GATE_LIMITS: GateLimits = { files: 300, bytes: 2_000_000 };

export interface GateRules {
  /** Why the approved plan does not allow this path to change, as a sentence; null when it does. */
  inScope(path: string): string | null;
}

/**
 * The last look at a finished change set before it is published, by code that has seen neither the conversation nor the tools
 * that made it: whatever those were talked into, this decides. One sentence a finding; none means it may be published.
 */
export function checkChangeSet(changes: ChangeSet, { inScope }: GateRules, limits: GateLimits): string[] {
  if (changes.length === 0) return ['Nothing was changed.'];
  const bytes = changes.reduce((sum, { content }) => sum + (content?.length ?? 0), 0);
  return [
    ...(changes.length > limits.files ? [`${changes.length} files were changed; at most ${limits.files} may be.`] : []),
    ...(bytes > limits.bytes ? [`The changed files have ${bytes} bytes; at most ${limits.bytes} may be written.`] : []),
    ...changes.flatMap((change) => checkFile(change, inScope)),
  ];
}

function checkFile(change: FileChange, inScope: GateRules['inScope']): string[] {
  const { path, mode, content } = change;
  const parsed = parseWorkspacePath(path);
  if (!parsed.ok) return [parsed.reason];
  if (parsed.value !== path || path === '') return [`${JSON.stringify(path)} is not the path of a file.`];
  const scope = inScope(path);
  const findings = scope === null ? [] : [scope];
  if (content === null) return findings;
  if (mode === '120000') findings.push(`${path} would become a symbolic link.`);
  if (mode === '160000') findings.push(`${path} would become a submodule.`);
  const line = conflictLine(content);
  if (line !== null) findings.push(`${path} has conflict markers, from line ${line}.`);
  return findings;
}

/** The three markers in their order: a row of equals signs alone underlines a heading in many formats. */
function conflictLine(content: Buffer): number | null {
  const markers = [/^<{7}(?: |\r?$)/, /^={7}\r?$/, /^>{7}(?: |\r?$)/];
  let next = 0;
  let first = 0;
  for (const [i, line] of content.toString('latin1').split('\n').entries()) {
    if (!markers[next]?.test(line)) continue;
    if (next === 0) first = i + 1;
    next += 1;
    if (next === markers.length) return first;
  }
  return null;
}
