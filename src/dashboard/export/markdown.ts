import { totalTokens } from '../../domain/model/usage.ts';
import { parseWorkId } from '../../domain/task/work-id.ts';
import type { ListedAudit, TranscriptTurn } from '../../ports/history.ts';
import { cost, count, duration } from '../../replies/phrases/figures.ts';
import { inlineCode, sanitizeLine } from '../../text/sanitize-markdown.ts';
import { workName } from '../pages/task.ts';
import type { TaskExport } from './task-export.ts';

/** For people: the whole task as one document. Texts of models and strangers stand in fences that they cannot close. */
export function exportMarkdown({ task, audit, conversations }: TaskExport): string {
  const { repository, issue } = task.task;
  const { plan, record } = task;
  return [
    `# ${sanitizeLine(task.title)}`,
    '',
    `${repository.owner}/${repository.name}#${issue}: **${task.state}**, started by ${sanitizeLine(task.startedBy)} at ${iso(task.startedAt)}, ${cost(task.usd)} so far.`,
    '',
    ...(plan === null ? [] : ['## Plan', '', fenced(JSON.stringify(plan, null, 2), 'json')]),
    '## Components',
    '',
    ...Object.entries(record.components).map(
      ([id, c]) =>
        `- \`${id}\`: ${c.state}, attempt ${c.attempt}${c.pull === null ? '' : `, #${c.pull}`}${c.state === 'blocked' ? `: ${sanitizeLine(c.blocker.evidence)}` : ''}`,
    ),
    '',
    '## What happened',
    '',
    ...audit.map(auditLine),
    '',
    ...conversations.flatMap(({ workflow, turns, usage, usd, ms, transcript }) => [
      `## ${workName(parseWorkId(workflow))}`,
      '',
      `${inlineCode(workflow)}: ${count(turns)} turns, ${count(totalTokens(usage))} tokens, ${cost(usd)}, ${duration(ms)}.`,
      '',
      ...transcript.flatMap(turnText),
    ]),
  ].join('\n');
}

const iso = (moment: number): string => new Date(moment).toISOString();

export function auditLine({ at, kind, by, way, component, blob, pull, commit, source, usd, text }: ListedAudit): string {
  const facts = [
    component,
    way && `by ${way}`,
    pull !== null && `#${pull}`,
    blob && `plan ${blob}`,
    commit && `commit ${commit}`,
    usd !== null && cost(usd),
    source,
    text && sanitizeLine(text),
  ].filter(Boolean);
  return `- ${at} ${kind}${by === null ? '' : ` by ${sanitizeLine(by)}`}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`;
}

function turnText({ name, at, model, usage, usd, ms, content }: Omit<TranscriptTurn, 'task'>): string[] {
  const { opening, results, correction, reasoning, text, calls, failure } = content;
  const part = (title: string, body: string | null, language = ''): string[] =>
    body === null || body === '' ? [] : [`#### ${title}`, '', fenced(body, language)];
  return [
    ...(opening === null
      ? []
      : [...part('System prompt', opening.system), ...opening.messages.flatMap((m, i) => part(`Message ${i + 1}`, m))]),
    ...results.flatMap(({ id, content: answer, isError }) =>
      part(`${isError ? 'Refusal' : 'Result'} of ${inlineCode(id)}`, answer),
    ),
    ...part('Correction', correction),
    `### ${model === null ? 'End' : `${sanitizeLine(name)}: ${sanitizeLine(model)}`}`,
    '',
    model === null
      ? iso(at)
      : `${iso(at)}, ${count(usage.input + usage.cache_read + usage.cache_write)} tokens in, ${count(usage.output)} out, ${cost(usd)}, ${duration(ms)}`,
    '',
    ...part('Reasoning', reasoning),
    ...part('Text', text),
    ...calls.flatMap(({ id, name: tool, input }) => part(`Call ${inlineCode(tool)} (${inlineCode(id)})`, pretty(input), 'json')),
    ...part('Failure', failure),
  ];
}

/** A code block that its text cannot end: its fence is longer than any run of backticks in it. */
function fenced(text: string, language = ''): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${text}\n${mark}\n`;
}

function pretty(input: string): string {
  try {
    return JSON.stringify(JSON.parse(input), null, 2);
  } catch {
    return input;
  }
}
