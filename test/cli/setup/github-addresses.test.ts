import { expect, test } from '@jest/globals';
import { githubAddresses } from '../../../src/cli/setup/github-addresses.ts';

test.each<[string, Record<string, string>, string, string]>([
  ['GitHub.com, if nothing is said', {}, 'https://github.com', 'https://api.github.com'],
  ['GitHub.com, in any spelling', { GITHUB_SERVER_URL: 'https://GitHub.com/' }, 'https://GitHub.com', 'https://api.github.com'],
  ['an enterprise on GHE.com', { GITHUB_SERVER_URL: 'https://acme.ghe.com' }, 'https://acme.ghe.com', 'https://api.acme.ghe.com'],
  ['the same with a slash', { GITHUB_SERVER_URL: ' https://acme.ghe.com/ ' }, 'https://acme.ghe.com', 'https://api.acme.ghe.com'],
  ['an Enterprise Server', { GITHUB_SERVER_URL: 'https://git.acme.com' }, 'https://git.acme.com', 'https://git.acme.com/api/v3'],
  [
    'an Enterprise Server whose name only ends alike',
    { GITHUB_SERVER_URL: 'https://notghe.com:8443' },
    'https://notghe.com:8443',
    'https://notghe.com:8443/api/v3',
  ],
  [
    'whatever both variables say',
    { GITHUB_SERVER_URL: 'https://acme.ghe.com', GITHUB_API_URL: 'https://proxy.acme.com/github/' },
    'https://acme.ghe.com',
    'https://proxy.acme.com/github',
  ],
])('%s', (_, env, serverUrl, apiUrl) => {
  expect(githubAddresses(env)).toEqual({ serverUrl, apiUrl });
});
