import { hash } from 'node:crypto';
import type { Usage } from '../../../src/domain/model/usage.ts';

/** A piece of the prompt in the order the provider reads it; a prefix can be cached where `breakpoint` is set. */
export interface PromptBlock {
  readonly text: string;
  readonly breakpoint: boolean;
}

export type InputUsage = Pick<Usage, 'input' | 'cache_read' | 'cache_write'>;

/** Shorter prefixes are not cached; the number is Anthropic's and OpenAI's for most models. */
const SHORTEST_PREFIX = 1024;
/** Anthropic looks back this many blocks from a breakpoint for a prefix it knows. */
const LOOK_BACK = 20;

/** About four characters make a token in English and code. */
export const tokensIn = (text: string): number => Math.ceil(text.length / 4);

interface Counted {
  readonly usage: InputUsage;
  /** To be called when the answer begins: from then on others can read what this prompt wrote. */
  readonly begun: () => void;
}

/**
 * Counts a prompt, when it arrives, as a caching provider would: what it saw before under the same key up to a breakpoint is read, the
 * rest up to the last breakpoint is written, what follows is plain input.
 */
export function createPromptCache() {
  const known = new Set<string>();

  return function count(key: string, blocks: readonly PromptBlock[]): Counted {
    const boundaries = boundariesOf(key, blocks);
    const total = boundaries.at(-1)?.tokens ?? 0;
    const marks = boundaries.flatMap((at, index) => (blocks[index]?.breakpoint && at.tokens >= SHORTEST_PREFIX ? [index] : []));
    const cacheable = boundaries[marks.at(-1) ?? -1]?.tokens ?? 0;
    const hits = marks
      .flatMap((mark) => boundaries.slice(Math.max(0, mark - LOOK_BACK), mark + 1))
      .filter((at) => known.has(at.prefix));
    const read = hits.reduce((most, hit) => Math.max(most, hit.tokens), 0);
    return {
      usage: { input: total - cacheable, cache_read: read, cache_write: cacheable - read },
      begun() {
        for (const mark of marks) known.add(boundaries[mark]?.prefix ?? '');
      },
    };
  };
}

function boundariesOf(key: string, blocks: readonly PromptBlock[]): { prefix: string; tokens: number }[] {
  let prefix = key;
  let tokens = 0;
  return blocks.map((block) => {
    prefix = hash('sha256', prefix + block.text, 'base64');
    tokens += tokensIn(block.text);
    return { prefix, tokens };
  });
}
