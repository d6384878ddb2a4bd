import { isSensitive, SENSITIVE_LABEL } from '../../domain/change/sensitive-path.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { parsePlanMarker } from '../../domain/task/marker.ts';
import { inlineCode, sanitizeLine } from '../../text/sanitize-markdown.ts';

/** What people should look at before anything else; empty where the plan touches no such file. */
export function sensitiveFiles({ components }: Plan): string {
  const files = components.flatMap((c) => c.files.filter((f) => isSensitive(f.path)).map((f) => ({ id: c.id, ...f })));
  if (files.length === 0) return '';
  return [
    `**Review these files first.** Their content ${SENSITIVE_LABEL}, or decides who owns the repository and what tools do in it:`,
    '',
    ...files.map((f) => `- ${inlineCode(f.path)} (${f.action}, by \`${f.id}\`): ${sanitizeLine(f.change)}`),
  ].join('\n');
}

const BEGIN = '<!-- planwright:look-first -->';
const BLOCK = /<!-- planwright:look-first -->\r?\n(?:>[^\n]*(?:\n|$))*(?:\r?\n)?/;

/** The same as the first thing in a pull request's body, with an empty line behind it. */
export function sensitiveFilesBlock(plan: Plan): string {
  const text = sensitiveFiles(plan);
  if (text === '') return '';
  const lines = ['[!IMPORTANT]', ...text.split('\n')].map((line) => `> ${line}`.trimEnd());
  return `${[BEGIN, ...lines].join('\n')}\n\n`;
}

/**
 * The body with the block of the plan as it is now. People and other bots rewrite bodies: a block that was taken out is put back only
 * where the plan is no longer the one that the body was written for (`isEdited`).
 */
export function updateSensitiveFiles(body: string, plan: Plan, isEdited: boolean): string {
  const block = sensitiveFilesBlock(plan);
  const [present] = BLOCK.exec(body) ?? [];
  if (present !== undefined) return present.replaceAll('\r', '') === block ? body : body.replace(BLOCK, () => block);
  if (!isEdited || block === '') return body;
  const lines = body.split('\n');
  const marker = lines.findIndex((line) => parsePlanMarker(line) !== null);
  return [...lines.slice(0, marker + 1), `${block}${lines.slice(marker + 1).join('\n')}`].join('\n');
}
