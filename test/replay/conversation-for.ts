import type { Json } from '../../src/domain/json.ts';
import type { ScriptedTurn } from '../support/models/scripted-turn.ts';
import { orderMoves } from './order-moves.ts';
import type { ToolWork } from './tool-work.ts';

interface Call {
  readonly name: string;
  readonly input: Json;
}

/** Files a turn; the turns of a conversation stay below `TURNS_MAX`, because each request brings all earlier ones along. */
const MANNERS = [1, 3, Number.POSITIVE_INFINITY];
const TURNS_MAX = 12;
/** Characters; more than this is written in one turn, or the requests would bring hundreds of megabytes along. */
const BULKY = 2_000_000;
/** Files that are read before and after they are edited. */
const READ_MAX = 8;

/** Opens it, does the work, and ends it; where `finish` is refused there is one more turn, which gives up. */
export const LONGEST_CONVERSATION = TURNS_MAX + 4;

/** What a model would say that does this work: it looks first, makes room, then writes file by file and looks again. */
export function conversationFor(work: readonly ToolWork[], nth: number): ScriptedTurn[] {
  const { ordered: moves } = orderMoves(work.flatMap(({ move }) => move ?? []));
  const room = [
    ...work.flatMap(({ remove }) => (remove === undefined ? [] : call('delete_file', { path: remove }))),
    ...moves.map(({ from, to }) => call('move_file', { from, to })),
  ];
  const files = work.flatMap(({ create, overwrite, edit }): Call[][] => [
    ...(create ? [[call('create_file', create)]] : []),
    ...(overwrite ? [[call('overwrite_file', overwrite)]] : []),
    ...(edit ? [edit.edits.map((one) => call('edit_file', { path: edit.path, ...one }))] : []),
  ]);
  const read = work.flatMap(({ overwrite, edit }) => overwrite?.path ?? edit?.path ?? []).slice(0, READ_MAX);
  const before = read.map((path) => reading(moves.find(({ to }) => to === path)?.from ?? path));
  const manner = JSON.stringify(files).length > BULKY ? Number.POSITIVE_INFINITY : (MANNERS[nth % MANNERS.length] ?? 1);
  const turns = inTurns(files, manner).map((calls) => [
    ...calls,
    ...read.filter((path) => calls.some(({ input }) => (input as { path: string }).path === path)).map(reading),
  ]);
  return [
    { reasoning: 'First a look.', calls: [call('list_files', { path: '.', glob: null }), ...before] },
    ...[room, ...turns].filter((calls) => calls.length > 0).map((calls) => ({ calls })),
    { calls: [call('finish', { summary: 'Did what the commit did.' })] },
    { calls: [call('flag_blocker', { kind: 'impossible', plan_clause: 'all', evidence: 'It was refused.', proposal: 'none' })] },
  ];
}

const call = (name: string, input: Json): Call => ({ name, input });
const reading = (path: string): Call => call('read_file', { path, from_line: null, to_line: null });

function inTurns(files: readonly Call[][], manner: number): Call[][] {
  const size = Math.max(1, Math.min(files.length, Math.max(manner, Math.ceil(files.length / TURNS_MAX))));
  return Array.from({ length: Math.ceil(files.length / size) }, (_, i) => files.slice(i * size, (i + 1) * size).flat());
}
