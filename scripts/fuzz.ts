// `npm run fuzz -- --minutes N [--seed S] [--parser NAME]`: gives every parser of other people's texts what it was not made for, and fails
// where one throws or takes too long.

import { parseArgs } from 'node:util';
import { type Failure, inputFor, random, tryOn } from '../test/fuzz/fuzz.ts';
import { PARSERS } from '../test/fuzz/parsers.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' }, parser: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const parsers = PARSERS.filter(({ name }) => values.parser === undefined || name === values.parser);
if (parsers.length === 0 || !(Number(values.minutes) > 0)) {
  console.error(`usage: npm run fuzz -- --minutes N [--seed S] [--parser ${PARSERS.map(({ name }) => name).join('|')}]`);
  process.exit(2);
}

const next = random(seed);
const found = new Map<string, Failure>();
const until = Date.now() + Number(values.minutes) * 60_000;
let tried = 0;
while (Date.now() < until && found.size < 20) {
  for (const parser of parsers) {
    const failure = tryOn(parser, inputFor(parser, next));
    tried += 1;
    if (failure) found.set(`${failure.parser} ${failure.text}`, failure);
  }
}
console.log(`${tried} texts for ${parsers.length} parsers, seed ${seed}: ${found.size} failures`);
for (const { parser, why, text } of found.values()) console.log(`  ${parser}: ${why}: ${JSON.stringify(text)}`);
process.exitCode = found.size > 0 ? 1 : 0;
