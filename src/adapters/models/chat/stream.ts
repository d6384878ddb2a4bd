// Assembles a streamed chat completion, including the fields that servers send beyond OpenAI's own.
import type { CompletionUsage } from 'openai/resources/completions';
import type { Json } from '../../../domain/json.ts';
import type { ToolCall } from '../../../domain/model/conversation.ts';
import { assembleCalls, type CallPiece } from './calls.ts';
import type { SentMessage } from './message.ts';

/** A chunk as servers send it: any of it may be missing. */
export interface ChatChunk {
  readonly choices?: readonly ChatChoice[] | null;
  readonly usage?: ChatUsage | null;
  /** Some servers report an error with the status 200, in place of an answer. */
  readonly error?: ChatError | null;
}

interface ChatError {
  readonly code?: unknown;
  readonly message?: unknown;
}

interface ChatChoice {
  readonly delta?: ChatDelta | null;
  readonly finish_reason?: string | null;
  readonly error?: ChatError | null;
}

interface ChatDelta {
  readonly content?: unknown;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly CallPiece[] | null;
  readonly reasoning_content?: string | null;
  readonly reasoning?: string | null;
  readonly reasoning_details?: readonly ReasoningDetail[] | null;
  readonly extra_content?: { readonly google?: Google | null } | null;
}

/** DeepSeek counts the cache in a field of its own; OpenRouter counts what was written to it. */
type ChatUsage = Partial<CompletionUsage> & {
  readonly prompt_cache_hit_tokens?: number | null;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number; readonly cache_write_tokens?: number } | null;
};

type ReasoningDetail = { readonly [key: string]: Json };
type Google = { readonly thought?: boolean; readonly [key: string]: unknown };

export interface Answer {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly ToolCall[];
  /** Null if the stream ended before the answer did. */
  readonly finish: string | null;
  readonly refused: boolean;
  /** What went wrong in mid-stream, or in place of an answer. */
  readonly error: ChatError | null;
  readonly usage: ChatUsage | null;
  readonly replay: SentMessage;
}

export function assembleAnswer(chunks: readonly ChatChunk[], turnsBefore: number): Answer {
  const choices = chunks.flatMap((chunk) => chunk.choices?.slice(0, 1) ?? []);
  const deltas = choices.flatMap((choice) => (choice.delta ? [choice.delta] : []));
  const joined = (texts: readonly unknown[]): string => texts.filter((text) => typeof text === 'string').join('');

  const { thoughts, content } = splitThoughts(deltas);
  const spoken = splitThinking(content);
  const refusal = joined(deltas.map((delta) => delta.refusal));
  const reasoning_content = joined(deltas.map((delta) => delta.reasoning_content));
  const plain = joined(deltas.map((delta) => delta.reasoning));
  const details = mergeDetails(deltas.flatMap((delta) => delta.reasoning_details ?? []));
  const google = Object.assign({}, ...deltas.map((delta) => delta.extra_content?.google ?? {})) as Google;
  const { thought: _, ...signed } = google;
  const { calls, sent } = assembleCalls(
    deltas.flatMap((delta) => delta.tool_calls ?? []),
    turnsBefore,
  );
  return {
    text: spoken.text + refusal,
    reasoning: [...thoughts, reasoning_content || plain || textOf(details), spoken.thinking]
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .join('\n\n'),
    calls,
    finish: choices.findLast((choice) => choice.finish_reason)?.finish_reason ?? null,
    refused: refusal !== '',
    error: choices.findLast((choice) => choice.error)?.error ?? chunks.findLast((chunk) => chunk.error)?.error ?? null,
    usage: chunks.findLast((chunk) => chunk.usage)?.usage ?? null,
    replay: {
      role: 'assistant',
      content: spoken.text + refusal,
      tool_calls: sent,
      extras: {
        ...(reasoning_content !== '' && { reasoning_content }),
        ...(plain !== '' && { reasoning: plain }),
        ...(details.length > 0 && { reasoning_details: details }),
        ...(Object.keys(signed).length > 0 && { extra_content: { google: signed } }),
      },
    },
  };
}

/**
 * Gemini sends its thoughts as marked content between tags, which may be cut by pieces. The closing tag begins the piece that
 * follows.
 */
function splitThoughts(deltas: readonly ChatDelta[]): { thoughts: string[]; content: string } {
  const runs: { readonly thought: boolean; text: string }[] = [];
  for (const delta of deltas) {
    if (typeof delta.content !== 'string' || delta.content === '') continue;
    const thought = delta.extra_content?.google?.thought === true;
    const last = runs.at(-1);
    if (last?.thought === thought) last.text += delta.content;
    else runs.push({ thought, text: delta.content });
  }
  const thoughts = runs.filter((run) => run.thought).map(({ text }) => text.replace(/^\s*<thought>|<\/thought>\s*$/g, ''));
  const spoken = runs.map(({ thought, text }, index) => (thought ? '' : index > 0 ? text.replace(/^\s*<\/thought>/, '') : text));
  return { thoughts, content: spoken.join('') };
}

/**
 * Servers that do not know how the model marks its thinking pass it on as the beginning of the content. The opening tag may be
 * missing, because in some chat templates it is part of the prompt.
 */
function splitThinking(content: string): { text: string; thinking: string } {
  const match = /^(?:\s*<(?:think|thinking|thought)>)?([\s\S]*?)<\/(?:think|thinking|thought)>\s*/.exec(content);
  return match ? { text: content.slice(match[0].length), thinking: match[1] ?? '' } : { text: content, thinking: '' };
}

/** OpenRouter streams each detail in pieces of one index. */
function mergeDetails(pieces: readonly ReasoningDetail[]): ReasoningDetail[] {
  const merged: ReasoningDetail[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (!last || piece.index === undefined || last.index !== piece.index || last.type !== piece.type) {
      merged.push(piece);
      continue;
    }
    const grown = Object.entries(piece).map(([key, value]) => {
      const before = last[key];
      const grows = GROWING.includes(key) && typeof before === 'string' && typeof value === 'string';
      return [key, grows ? before + value : (value ?? before ?? null)];
    });
    merged[merged.length - 1] = { ...last, ...Object.fromEntries(grown) };
  }
  return merged;
}

const GROWING = ['text', 'summary', 'data'];
const textOf = (details: readonly ReasoningDetail[]): string =>
  details.flatMap(({ text, summary }) => [text, summary].filter((part) => typeof part === 'string')).join('\n\n');
