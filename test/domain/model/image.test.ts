import { expect, test } from '@jest/globals';
import { imageTypeOf } from '../../../src/domain/model/image.ts';

test.each<[string, Buffer, string | null]>([
  ['PNG', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'image/png'],
  ['JPEG', Buffer.from('ffd8ffe000104a46', 'hex'), 'image/jpeg'],
  ['GIF', Buffer.from('GIF89a\x01\x00'), 'image/gif'],
  ['WebP', Buffer.from('RIFF\x00\x00\x00\x00WEBPVP8 '), 'image/webp'],
  ['another RIFF', Buffer.from('RIFF\x00\x00\x00\x00WAVEfmt '), null],
  ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), null],
  ['a page', Buffer.from('<!doctype html>'), null],
  ['nothing', Buffer.alloc(0), null],
])('%s', (_, bytes, type) => {
  expect(imageTypeOf(bytes)).toBe(type);
});
