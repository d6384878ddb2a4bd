import { expect, test } from '@jest/globals';
import { isStoredWithGitHub, shownImages } from '../../../../src/adapters/github/images/shown-images.ts';

test.each<[string, string[]]>([
  [
    '<p><a href="https://a"><img src="https://a/1?x=1&amp;jwt=e.y" alt="a > b" style="max-width: 100%;"></a></p>',
    ['https://a/1?x=1&jwt=e.y'],
  ],
  ['<img alt="" src="https://a/1"/><IMG width="1" height="2" src="https://a/2">', ['https://a/1', 'https://a/2']],
  ['<pre><code>&lt;img src="https://a/1"&gt;</code></pre>', []],
  ['<img alt="src=&quot;https://a/1&quot;"> <img data-src="https://a/2"> <imgx src="https://a/3">', []],
  ['<img src="https://a/1', []],
  [`${'<img '.repeat(100_000)}`, []],
])('%.60s', (html, addresses) => {
  expect(shownImages(html)).toEqual(addresses);
});

const ON_GITHUB = 'https://github.com';
test.each<[string, boolean, string?]>([
  ['https://github.com/user-attachments/assets/1', true],
  ['https://private-user-images.githubusercontent.com/1/2.png?jwt=e.y', true],
  ['https://user-images.githubusercontent.com/1/2.png', true],
  ['https://github-production-user-asset-6210df.s3.amazonaws.com/1/2?X-Amz-Signature=3', true],
  ['https://camo.githubusercontent.com/ab/cd', false],
  ['https://evil.githubusercontent.com/1', false],
  ['https://githubusercontent.com.evil.example/1', false],
  ['https://evil.example/github.com/1.png', false],
  ['https://github.com@evil.example/1.png', false],
  ['https://user:secret@github.com/1.png', false],
  ['https://github.com:8443/1.png', false],
  ['http://github.com/1.png', false],
  ['https://other-bucket.s3.amazonaws.com/1', false],
  ['https://github-production-user-asset-1.s3.amazonaws.com.evil.example/1', false],
  ['http://169.254.169.254/latest/meta-data', false],
  ['file:///etc/passwd', false],
  ['data:image/png;base64,AAAA', false],
  ['/relative.png', false],
  ['', false],
  ['https://github.example.com/user-attachments/assets/1', true, 'https://github.example.com'],
  ['http://127.0.0.1:3001/user-attachments/assets/1', true, 'http://127.0.0.1:3001'],
  ['http://127.0.0.1:3002/user-attachments/assets/1', false, 'http://127.0.0.1:3001'],
])('%s: %s', (address, expected, server = ON_GITHUB) => {
  expect(isStoredWithGitHub(address, server)).toBe(expected);
});
