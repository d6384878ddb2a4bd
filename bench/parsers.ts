import { inputFor, random } from '../test/fuzz/fuzz.ts';
import { PARSERS } from '../test/fuzz/parsers.ts';
import { processorTime } from '../test/support/processor-time.ts';
import { type Figure, figuresOf } from './figure.ts';

const TEXTS = 300;

/** The slowest text of a few hundred that were made to be slow, for every parser of other people's texts. */
export async function benchParsers(): Promise<Figure[]> {
  const figures: Figure[] = [];
  console.log('parser              characters   slowest, ms of processor time   limit');
  for (const parser of PARSERS) {
    const next = random(1);
    let slowest = 0;
    for (let i = 0; i < TEXTS; i += 1) {
      const text = inputFor(parser, next);
      slowest = Math.max(
        slowest,
        processorTime(() => parser.run(text), slowest),
      );
    }
    console.log(
      `${parser.name.padEnd(20)}${String(parser.charactersMax).padStart(10)}${slowest.toFixed(1).padStart(24)}${String(parser.msMax).padStart(16)}`,
    );
    figures.push(...figuresOf(`parsers, ${parser.name}`, { 'slowest text': [slowest, 'ms'] }));
  }
  return figures;
}
