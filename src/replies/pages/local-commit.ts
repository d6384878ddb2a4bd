import type { Component } from '../../domain/plan/plan.ts';
import { sanitizeTitle } from '../../text/sanitize-markdown.ts';

/** Without an issue's number: pushed to GitHub, it would be a link to another issue. `blob`: of the approved PLAN.md. */
export const localCommitMessage = ({ id, title }: Pick<Component, 'id' | 'title'>, blob: string): string =>
  `${sanitizeTitle(title)}\n\nComponent ${id} of a plan that was made locally.\n\nPlanwright-Plan: ${blob}\nPlanwright-Component: ${id}\n`;

/** For the merge of the branches that a component depends on. */
export const localJoinMessage = (component: string, branch: string): string =>
  `Merge ${branch} for ${component}\n\n${component} depends on both sides of this merge.\n`;
