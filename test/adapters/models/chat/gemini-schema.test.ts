import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { geminiSchema } from '../../../../src/adapters/models/chat/gemini-schema.ts';
import type { Json } from '../../../../src/domain/json.ts';

test('what Gemini refuses is gone, a field of that name is not, and null is said in its way', () => {
  const input = z.strictObject({
    additionalProperties: z.strictObject({ $schema: z.string() }).array(),
    from: z.int().min(1).nullable(),
    glob: z.string().nullable().describe('A pattern'),
    kind: z.enum(['a', 'b']),
  });
  expect(geminiSchema(z.toJSONSchema(input) as { [key: string]: Json })).toEqual({
    type: 'object',
    properties: {
      additionalProperties: {
        type: 'array',
        items: { type: 'object', properties: { $schema: { type: 'string' } }, required: ['$schema'] },
      },
      from: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, nullable: true },
      glob: { type: 'string', description: 'A pattern', nullable: true },
      kind: { type: 'string', enum: ['a', 'b'] },
    },
    required: ['additionalProperties', 'kind'],
  });
});
