import type { ChangeSet, FileChange } from '../domain/change/change-set.ts';
import { pathProblem } from '../domain/change/repository-path.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { findSecrets } from '../text/redaction/redact-secrets.ts';
import { overLimits } from './edit/size.ts';

export interface GateRules {
  /** Why the approved plan does not allow this path to change, as a sentence; null when it does. */
  inScope(path: string): string | null;
  /** What the change set changes. */
  readonly base: Pick<Snapshot, 'entries' | 'read'>;
}

/**
 * The last check of a finished change set before it is published, by code that has seen neither the conversation nor the tools
 * that made it: even where a text has misled those, this check decides. One sentence per finding; none means it may be published.
 */
export async function checkChangeSet(changes: ChangeSet, { inScope, base }: GateRules): Promise<string[]> {
  if (changes.length === 0) return ['Nothing was changed.'];
  // The other checks take what is too much apart line by line.
  const tooMuch = overLimits(changes, await base.entries());
  if (tooMuch.length > 0) return tooMuch;
  return [
    ...changes.flatMap((change) => checkPlace(change, inScope)),
    ...(await addedConflicts(changes, base)),
    ...(await addedSecrets(changes, base)),
  ];
}

function checkPlace({ path, mode, content }: FileChange, inScope: GateRules['inScope']): string[] {
  const problem = pathProblem(path);
  if (problem !== null) return [`${JSON.stringify(path)} ${problem}.`];
  const scope = inScope(path);
  return [
    ...(scope === null ? [] : [scope]),
    ...(content !== null && mode === '120000' ? [`${path} would become a symbolic link.`] : []),
    ...(content !== null && mode === '160000' ? [`${path} would become a submodule.`] : []),
  ];
}

/** Only added markers count, because a file about merging may have contained some before. */
async function addedConflicts(changes: ChangeSet, base: GateRules['base']): Promise<string[]> {
  const findings: string[] = [];
  for (const { path, content } of changes) {
    const [line, ...more] = content === null ? [] : conflictLines(content);
    if (line === undefined || more.length < conflictLines((await before(path, base)) ?? Buffer.alloc(0)).length) continue;
    findings.push(`${path} has conflict markers, from line ${line}.`);
  }
  return findings;
}

/** The lines where the three markers occur in order: a row of equals signs alone underlines a heading in many formats. */
function conflictLines(content: Buffer): number[] {
  const markers = [/^<{7}(?: |\r?$)/, /^={7}\r?$/, /^>{7}(?: |\r?$)/];
  const found: number[] = [];
  let next = 0;
  let first = 0;
  for (const [i, line] of content.toString('latin1').split('\n').entries()) {
    if (!markers[next]?.test(line)) continue;
    if (next === 0) first = i + 1;
    next = (next + 1) % markers.length;
    if (next === 0) found.push(first);
  }
  return found;
}

/**
 * Only secrets that the change adds: a file may already hold a test's key, and editing another line of it, or moving it, adds none.
 * A finding names the place and the rule, never the secret, because it is posted in public.
 */
async function addedSecrets(changes: ChangeSet, base: GateRules['base']): Promise<string[]> {
  const found = [];
  for (const { path, content } of changes) {
    for (const secret of content === null ? [] : findSecrets(path, content.toString())) found.push({ path, ...secret });
  }
  if (found.length === 0) return [];
  const known = new Set<string>();
  for (const { path } of changes) {
    const content = await before(path, base);
    for (const { fingerprint } of content === null ? [] : findSecrets(path, content.toString())) known.add(fingerprint);
  }
  return found
    .filter(({ fingerprint }) => !known.has(fingerprint))
    .map(({ path, line, rule }) => `${path} line ${line} holds what looks like a secret (secretlint's rule ${rule}).`);
}

async function before(path: string, base: GateRules['base']): Promise<Buffer | null> {
  const entry = (await base.entries()).get(path);
  return entry && entry.mode !== '160000' ? base.read(entry) : null;
}
