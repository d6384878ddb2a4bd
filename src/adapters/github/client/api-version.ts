import type { Octokit } from '@octokit/core';

/**
 * The version of the REST API that this adapter was written for; without it GitHub chooses one, and its choice changes over time.
 */
const API_VERSION = '2022-11-28';

/** An Octokit plugin. */
export const apiVersion = (octokit: Octokit) => {
  octokit.hook.before('request', (options) => {
    options.headers['x-github-api-version'] = API_VERSION;
  });
  return {};
};
