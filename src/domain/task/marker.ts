import { readVersion1 } from './record-version-1.ts';
import type { TaskState } from './task.ts';
import { type TaskRecord, taskRecordSchema } from './task-record.ts';

/**
 * Hidden markers make text on GitHub readable state. Each has a render and a parse; a marker counts only in what the App itself
 * wrote, which the caller checks, because anyone can paste one. Review bots put summaries in front of a pull request's description
 * and people rewrite it, so a marker is found wherever it stands, and nothing may depend on its being there.
 */
export interface PlanMarker {
  readonly issue: number;
  readonly revision: number;
  readonly blob: string;
}
export interface ComponentMarker {
  readonly issue: number;
  readonly id: string;
  readonly blob: string;
}

export const renderPlanMarker = (m: PlanMarker): string =>
  `<!-- planwright:plan issue=${m.issue} revision=${m.revision} blob=${m.blob} -->`;

export function parsePlanMarker(body: string): PlanMarker | null {
  const match = /<!-- planwright:plan issue=(\d+) revision=(\d+) blob=([0-9a-f]+) -->/.exec(body);
  return match ? { issue: Number(match[1]), revision: Number(match[2]), blob: match[3] as string } : null;
}

export const renderComponentMarker = (m: ComponentMarker): string =>
  `<!-- planwright:component issue=${m.issue} id=${m.id} blob=${m.blob} -->`;

export function parseComponentMarker(body: string): ComponentMarker | null {
  const match = /<!-- planwright:component issue=(\d+) id=([a-z0-9-]+) blob=([0-9a-f]+) -->/.exec(body);
  return match ? { issue: Number(match[1]), id: match[2] as string, blob: match[3] as string } : null;
}

export const renderStatusMarker = (issue: number, state: TaskState): string =>
  `<!-- planwright:status issue=${issue} state=${state} -->`;

/** Decided by the first marker in a comment: what models and people have said comes after it. The state is for other programs. */
export function isStatusOf(body: string, issue: number): boolean {
  const [, kind, rest = ''] = /<!-- planwright:(\w+)([^>]*)-->/.exec(body) ?? [];
  return kind === 'status' && new RegExp(`^ issue=${issue}(?: state=[a-z]+)? $`).test(rest);
}

/** One reply for each key: the same key written again finds the first. */
export const renderReplyMarker = (key: string): string => `<!-- planwright:reply to=${key} -->`;
export const isReplyTo = (body: string, key: string): boolean => body.startsWith(renderReplyMarker(key));

// JSON escapes keep `-->` and `<!--` out, so that nothing in a reason or a note ends the comment early.
const hide = (json: string): string => json.replace(/[<>]/g, (c) => (c === '<' ? '\\u003c' : '\\u003e'));

export const renderRecord = (record: TaskRecord): string => `<!-- planwright:state ${hide(JSON.stringify(record))} -->`;

/** The record in a status comment; null when there is none or it is not one this version understands. */
export function parseRecord(body: string): TaskRecord | null {
  // It counts only at the very end, where the bot puts it: text of models and people comes before it.
  const match = /\n<!-- planwright:state (\{.*\}) -->\s*$/.exec(body);
  if (!match) return null;
  try {
    const json: unknown = JSON.parse(match[1] as string);
    const parsed = taskRecordSchema.safeParse(json);
    return parsed.success ? parsed.data : readVersion1(json);
  } catch {
    return null;
  }
}

/** The issue that a pull request says it belongs to; null when nothing in its body says so. */
export const issueOfPullRequestBody = (body: string): number | null =>
  (parsePlanMarker(body) ?? parseComponentMarker(body))?.issue ?? null;
