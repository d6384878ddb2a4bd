import type { Octokit } from '@octokit/core';
import type { Fence } from '../../../ports/replicas.ts';
import { isQuery } from './write-pace.ts';

const READS = ['GET', 'HEAD'];

/**
 * An Octokit plugin: a process that others may take for dead sends no write, because they may be doing the same. What waits here is sent
 * when the process has shown that it is alive, and never if it was replaced.
 */
export const fencedWrites = (fence: Fence) => (octokit: Octokit) => {
  octokit.hook.wrap('request', async (request, options) => {
    if (!READS.includes(options.method ?? '') && !isQuery(options) && !fence.isOpen()) await fence.opened();
    return request(options);
  });
  return {};
};
