import { taskPath } from '../../domain/dashboard-path.ts';
import { totalTokens } from '../../domain/model/usage.ts';
import type { WorkId } from '../../domain/task/work-id.ts';
import type { HistoryReader, ListedTask, TranscriptContent } from '../../ports/history.ts';
import { count, duration } from '../../replies/phrases/figures.ts';
import { clip } from '../../text/truncate.ts';
import { type Html, html, NOTHING, type Part } from '../html/html.ts';
import { ago, dollars, raw } from '../html/words.ts';
import type { PageContext } from './context.ts';
import { diff } from './diff.ts';
import { workName } from './task.ts';

type Turn = Awaited<ReturnType<HistoryReader['transcript']>>[number];
type Call = TranscriptContent['calls'][number];
type Result = TranscriptContent['results'][number];

/** Characters of a whole page, and of one text on it. */
const PAGE_MAX = 1_500_000;
const TEXT_MAX = 20_000;
const TITLE_MAX = 300;

/** One piece of work's conversation, turn by turn: what the model was told, what it did, what came of it. */
export function conversationPage(
  { task, work, turns }: { readonly task: ListedTask; readonly work: WorkId; readonly turns: readonly Turn[] },
  context: PageContext,
): Html {
  const { repository, issue } = task.task;
  const answered = turns.filter((turn) => turn.model !== null);
  const usd = answered.some((turn) => turn.usd === null) ? null : answered.reduce((sum, turn) => sum + (turn.usd ?? 0), 0);
  const texts = turns.reduce((sum, { content }) => sum + 3 + content.results.length + content.calls.length, 1);
  const most = Math.max(400, Math.min(TEXT_MAX, Math.floor(PAGE_MAX / texts)));
  // Providers may give the same id again in another conversation of the same work: the answer is the next one.
  const resultAfter = (at: number, id: string): Result | undefined => {
    for (const { content } of turns.slice(at + 1)) {
      const found = content.results.find((result) => result.id === id);
      if (found) return found;
    }
    return undefined;
  };
  const figures: readonly (readonly [string, string])[] = [
    ['turns', count(answered.length)],
    ['tokens', count(turns.reduce((sum, turn) => sum + totalTokens(turn.usage), 0))],
    ['time', duration(turns.reduce((sum, turn) => sum + turn.ms, 0))],
    ['cost', dollars(usd)],
  ];
  return html`<p class="crumbs"><a href="/dashboard">Tasks</a> / <a href="${taskPath({ ...repository, issue })}">${repository.owner}/${repository.name} #${issue}</a></p>
<h1>${workName(work)}</h1>
<p class="lead">${clip(task.title, TITLE_MAX, '…')}</p>
<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${turns.length === 0 && html`<p class="empty">No turn of a model is kept: it has not answered yet, or it is too long ago.</p>`}
${turns.map((turn, i) => (turn.model === null && turn.content.failure === null ? NOTHING : turnSection(turn, i, { resultOf: (call) => resultAfter(i, call), most, context })))}`;
}

interface Shown {
  /** The answer to a call of this turn. */
  readonly resultOf: (call: string) => Result | undefined;
  /** Characters of one text. */
  readonly most: number;
  readonly context: PageContext;
}

function turnSection(turn: Turn, i: number, { resultOf, most, context }: Shown): Html {
  const { content, model, usage, usd, ms, at, name } = turn;
  const id = `turn-${i + 1}`;
  const title = model === null ? 'End' : clip(name.charAt(0).toUpperCase() + name.slice(1), 200, '…');
  const cached = usage.cache_read + usage.cache_write;
  const figures: Part[] =
    model === null
      ? []
      : [
          html`<span>${model}</span>`,
          html`<span title="input ${count(usage.input)}, cache read ${count(usage.cache_read)}, cache written ${count(usage.cache_write)}, output ${count(usage.output)}, reasoning ${count(usage.reasoning)}">${count(usage.input + cached)} in, ${count(usage.output)} out</span>`,
          html`<span>${dollars(usd)}</span>`,
          html`<span>${duration(ms)}</span>`,
        ];
  return html`<section class="turn" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
<p class="facts">${figures}${ago(at, context.now)}</p>
${content.opening && opening(content.opening, id, most)}
${content.correction !== null && html`<div class="correction"><h3>It was corrected</h3>${raw(content.correction, most)}</div>`}
${content.reasoning !== null && html`<details class="reasoning" id="${id}-reasoning"><summary>What it was thinking</summary>${raw(content.reasoning, most)}</details>`}
${content.text !== '' && html`<div class="text">${raw(content.text, most)}</div>`}
${content.calls.map((call, j) => callSection(call, resultOf(call.id), `${id}-call-${j + 1}`, most))}
${content.failure !== null && html`<p class="failure">${clip(content.failure, 2_000, '…')}</p>`}
</section>`;
}

const opening = ({ system, tools, messages }: NonNullable<TranscriptContent['opening']>, id: string, most: number): Html =>
  html`<div class="opening"><details id="${id}-system"><summary>System prompt and ${tools.length} tools</summary><p class="tools">${tools.map((tool) => html`<code>${clip(tool, 100, '…')}</code> `)}</p>${raw(system, most)}</details>${messages.map((message, i) => html`<details id="${id}-message-${i + 1}"><summary>Message ${i + 1}: ${firstLine(message)}</summary>${raw(message, most)}</details>`)}</div>`;

const firstLine = (text: string): string => text.slice(0, 1_000).trimStart().split('\n', 1)[0]?.slice(0, 100) ?? '';

function callSection(call: Call, result: Result | undefined, id: string, most: number): Html {
  const input = parsed(call.input);
  return html`<div class="call${result?.isError ? ' refused' : ''}"><h3><code>${clip(call.name, 100, '…')}</code> <span class="what">${summaryOf(call.name, input)}</span>${result?.isError && html` <span class="badge failed">refused</span>`}</h3>
${inputOf(call, input, id, most)}
${result === undefined ? NOTHING : html`<details id="${id}-result"${result.isError ? html` open` : NOTHING}><summary>Result: ${firstLine(result.content)}</summary>${raw(result.content, most)}</details>`}</div>`;
}

type Input = Readonly<Record<string, unknown>> | null;

/** Characters that are read as JSON: a transcript keeps no longer input. */
const JSON_MAX = 400_000;

function parsed(text: string): Input {
  if (text.length > JSON_MAX) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Input) : null;
  } catch {
    return null;
  }
}

const textIn = (input: Input, field: string): string => (typeof input?.[field] === 'string' ? (input[field] as string) : '');

/** What a call is about, in a few words. */
function summaryOf(name: string, input: Input): Part {
  if (name === 'move_file') return `${textIn(input, 'from')} → ${textIn(input, 'to')}`.slice(0, 200);
  const about = ['path', 'pattern', 'glob', 'title', 'kind', 'summary']
    .map((field) => textIn(input, field))
    .find((text) => text !== '');
  const [from, to] = [input?.from_line, input?.to_line];
  return `${(about ?? '').slice(0, 200)}${typeof from === 'number' ? `:${from}${typeof to === 'number' ? `-${to}` : ''}` : ''}`;
}

/** Edits as what they change; reading calls are said by their summary; everything else as it is. */
function inputOf(call: Call, input: Input, id: string, most: number): Html {
  switch (call.name) {
    case 'edit_file':
      return diff(textIn(input, 'old_text').slice(0, most), textIn(input, 'new_text').slice(0, most));
    case 'create_file':
    case 'overwrite_file':
      return diff('', textIn(input, 'content').slice(0, most));
    case 'read_file':
    case 'list_files':
    case 'search':
    case 'delete_file':
    case 'move_file':
      return NOTHING;
    default:
      return html`<details id="${id}-input"><summary>Input</summary>${raw(input === null ? call.input : JSON.stringify(input, null, 2), most)}</details>`;
  }
}
