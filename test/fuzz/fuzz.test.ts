import { expect, test } from '@jest/globals';
import { inputFor, random, tryOn } from './fuzz.ts';
import { PARSERS } from './parsers.ts';

// `npm run fuzz -- --minutes N` looks further, with another seed.
test.each(PARSERS.map((parser) => [parser.name, parser] as const))('%s takes whatever it is given, in time', (_, parser) => {
  const next = random(20_261);
  for (let i = 0; i < 12; i += 1) expect(tryOn(parser, inputFor(parser, next), 4)).toBeNull();
});
