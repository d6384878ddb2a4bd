import { answerInThread } from '../text/in-thread.ts';
import { parseWithLines } from './parse.ts';

/** The file that a thread runs to parse plans: this one. */
export const PARSE_WORKER = new URL(import.meta.url);

answerInThread(PARSE_WORKER, parseWithLines);
