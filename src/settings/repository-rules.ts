import { z } from 'zod';
import { STANDARD_BRANCHES } from '../domain/task/task-branches.ts';
import { BRANCH, BRANCH_MAX, BRANCH_PREFIX, BRANCH_PREFIX_MAX } from '../text/git-ref.ts';
import { MESSAGE_PATTERN, TITLE_PATTERN } from '../text/text-pattern.ts';
import { label, section, setting, text } from './schema-parts.ts';

// The settings by which the bot keeps a repository's own rules: what branches, pull requests and commits look like, and who may start a
// task besides the people with write access.

const BOT = /^[A-Za-z0-9](?:-?[A-Za-z0-9])*\[bot\]$/;

export const triggerRules = {
  bots: setting(z.array(text(100).regex(BOT)).max(20), []),
  roles: setting(
    z
      .array(z.enum(['write', 'triage']))
      .min(1)
      .max(2),
    ['write'],
  ),
};

export const branches = section({
  prefix: setting(text(BRANCH_PREFIX_MAX).regex(BRANCH_PREFIX), STANDARD_BRANCHES.prefix),
  base: setting(text(BRANCH_MAX).regex(BRANCH).nullable(), null),
});

export const pullRequests = section({
  title: setting(text(200).regex(TITLE_PATTERN), '{title}'),
  labels: setting(z.array(label).max(10), ['planwright']),
  reviewers: setting(z.enum(['requester', 'none']), 'requester'),
});

export const commits = section({
  message: setting(text(1_000).regex(MESSAGE_PATTERN), '{title}'),
  sign_off: setting(z.boolean(), false),
  co_author: setting(z.enum(['requester', 'none']), 'none'),
});
