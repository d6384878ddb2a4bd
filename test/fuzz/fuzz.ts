import { processorTime } from '../support/processor-time.ts';
import type { Parser } from './parsers.ts';

/** A text with which a parser threw, or took too long. */
export interface Failure {
  readonly parser: string;
  readonly why: string;
  /** A few pieces and how they were put together, from which the text can be made again. */
  readonly text: string;
}

/** Numbers from a seed (mulberry32), so that what was found is found again. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** A text of a parser's pieces: a few of them over and over, which is what keeps parsers busy, or many at random, which confuses them. */
export function inputFor(parser: Parser, next: (below: number) => number): string {
  const pick = (): string => parser.pieces[next(parser.pieces.length)] as string;
  const few = (count: number): string => Array.from({ length: count }, pick).join('');
  const repeated = (length: number): string => {
    const unit = few(1 + next(4));
    return unit.repeat(Math.ceil(length / unit.length));
  };
  const length = next(2) === 0 ? parser.charactersMax : next(parser.charactersMax);
  const made = [
    () => repeated(length),
    () => few(next(40)),
    () => few(3) + repeated(length),
    () => repeated(length / 2) + repeated(length / 2),
    () => few(Math.min(2_000, length / 4)),
  ][next(5)] as () => string;
  return made().slice(0, parser.charactersMax);
}

/** Gives a parser one text; null where it comes back in time, or within a multiple of it on a machine that has much else to do. */
export function tryOn(parser: Parser, text: string, patience = 1): Failure | null {
  const msMax = parser.msMax * patience;
  const shown = text.length <= 120 ? text : `${text.slice(0, 120)} (${text.length} characters)`;
  try {
    const ms = processorTime(() => parser.run(text), msMax, 3);
    return ms <= msMax ? null : { parser: parser.name, why: `${Math.round(ms)} ms`, text: shown };
  } catch (error) {
    return { parser: parser.name, why: String(error), text: shown };
  }
}
