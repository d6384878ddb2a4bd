import { checkPathIsFree } from '../../src/executor/tools/writable-path.ts';
import { type Content, contentAt } from './content.ts';
import type { PathChange, Place } from './history.ts';
import { orderMoves } from './order-moves.ts';
import { isNameable } from './plan-for.ts';
import { EMPTY_BLOB, type TreeEntry } from './put-tree.ts';
import type { Source } from './source.ts';
import { rewriting, type ToolWork } from './tool-work.ts';

/** What no tool is meant to do, so that the executor is given a base where it is done. */
export type Prepared =
  | Exclude<Content['kind'], 'text'>
  | 'new executable'
  | 'mode'
  | 'name no plan can hold'
  | 'name like another'
  | 'in the way';

type Files = Map<string, { mode: '100644' }>;

/** One change of a commit, shared out between the base and the tools. */
export interface Share {
  readonly change: PathChange;
  readonly base: readonly TreeEntry[];
  readonly prepared: Prepared | null;
  readonly work: readonly ToolWork[];
}

/** @param paths all names of the commit's own tree. */
export async function shareOut(source: Source, changes: readonly PathChange[], paths: readonly string[]): Promise<Share[]> {
  const files = new Map(paths.map((path) => [path, { mode: '100644' as const }]));
  const shares: Share[] = [];
  for (const change of changes) shares.push(await shareOne(source, change, files));
  return untangle(source, clearTheWay(shares));
}

async function shareOne(source: Source, change: PathChange, files: Files): Promise<Share> {
  const { from, to } = change;
  if ([from, to].some((place) => place !== null && (place.path === null || !isNameable(place.path)))) {
    return inBase(change, 'name no plan can hold');
  }
  const [was, is] = [from && (await contentAt(source, from)), to && (await contentAt(source, to))];
  if (was?.kind === 'submodule' || is?.kind === 'submodule') return inBase(change, 'submodule');
  if (!to || !is) return byTools(change, [{ remove: from?.path ?? '' }]);
  const arrives = from?.name !== to.name;
  if (arrives && !isAlone(to.path ?? '', files)) return withoutOld(change, 'name like another');
  if (is.kind === 'symbolic link') return withoutOld(change, is.kind);
  if (!from || !was) return is.kind === 'text' ? creation(change, to, is.text) : inBase(change, is.kind);
  if (was.kind === 'symbolic link') return is.kind === 'text' ? replacement(change, to, is.text) : inBase(change, is.kind);
  if (is.kind !== 'text' || (was.kind !== 'text' && arrives))
    return otherContent(change, from, to, was.kind === 'text' ? is.kind : was.kind);
  if (was.kind !== 'text') return replacement(change, to, is.text);
  return rewritten(change, from, to, was.text, is.text);
}

function creation(change: PathChange, to: Place, text: string): Share {
  const path = to.path ?? '';
  if (to.mode !== '100755') return byTools(change, [{ create: { path, content: text } }]);
  const base = [{ name: to.name, mode: to.mode, oid: EMPTY_BLOB }];
  return { change, base, prepared: 'new executable', work: text === '' ? [] : [{ overwrite: { path, content: text } }] };
}

/** A text where a link or a binary was: out with the old, in with the new. */
function replacement(change: PathChange, to: Place, text: string): Share {
  const path = to.path ?? '';
  if (to.mode === '100755') return creation(change, to, text);
  return byTools(change, [{ remove: path }, { create: { path, content: text } }]);
}

/** Not a text, at least on one side: the new bytes are there from the start, and move if they are to. */
function otherContent(change: PathChange, from: Place, to: Place, kind: Content['kind']): Share {
  const same = from.oid === to.oid && from.mode === to.mode;
  const work = moving(from, to);
  if (same) return byTools(change, work);
  const prepared = from.oid === to.oid || kind === 'text' ? 'mode' : kind;
  return { change, base: [{ name: from.name, mode: to.mode, oid: to.oid }], prepared, work };
}

function rewritten(change: PathChange, from: Place, to: Place, before: string, after: string): Share {
  const work = [...moving(from, to), rewriting(to.path ?? '', before, after)];
  if (from.mode === to.mode) return byTools(change, work);
  return { change, base: [{ name: from.name, mode: to.mode, oid: from.oid }], prepared: 'mode', work };
}

const moving = (from: Place, to: Place): ToolWork[] =>
  from.name === to.name ? [] : [{ move: { from: from.path ?? '', to: to.path ?? '' } }];

const byTools = (change: PathChange, work: readonly ToolWork[]): Share => ({ change, base: [], prepared: null, work });

const inBase = (change: PathChange, prepared: Prepared): Share => ({
  change,
  base: [...gone(change), ...arrived(change)],
  prepared,
  work: [],
});

/** The new is in the base, and the tools take away the old where it had another name. */
function withoutOld(change: PathChange, prepared: Prepared): Share {
  const { from, to } = change;
  if (!from || from.name === to?.name) return inBase(change, prepared);
  return { change, base: arrived(change), prepared, work: [{ remove: from.path ?? '' }] };
}

const gone = ({ from, to }: PathChange): TreeEntry[] =>
  from && from.name !== to?.name ? [{ name: from.name, mode: from.mode, oid: null }] : [];
const arrived = ({ to }: PathChange): TreeEntry[] => (to ? [{ name: to.name, mode: to.mode, oid: to.oid }] : []);

/** Whether no other file of the commit's tree would be the same file on a disk that ignores case. */
function isAlone(path: string, files: Files): boolean {
  files.delete(path);
  const room = checkPathIsFree(path, files);
  files.set(path, { mode: '100644' });
  return room.ok;
}

/** What is put into the base may need a folder where a file is that the tools would take away, or a file where such a folder is. */
function clearTheWay(shares: readonly Share[]): Share[] {
  const put = shares.flatMap(({ base }) => base.filter(({ oid }) => oid !== null).map(({ name }) => name));
  const cleared = shares.map((share) => {
    const { from } = share.change;
    const leaves = from !== null && from.name !== share.change.to?.name && share.work.length > 0;
    const blocks = leaves && put.some((name) => name.startsWith(`${from.name}/`) || from.name.startsWith(`${name}/`));
    return blocks ? inBase(share.change, 'in the way') : share;
  });
  return cleared.some((share, i) => share !== shares[i]) ? clearTheWay(cleared) : cleared;
}

/** Moves that wait for each other are made by deleting and creating. */
async function untangle(source: Source, shares: readonly Share[]): Promise<Share[]> {
  const { detectLoop } = orderMoves(shares.flatMap(({ work }) => work.flatMap(({ move }) => move ?? [])));
  const untangled: Share[] = [];
  for (const share of shares) {
    const { change, work } = share;
    const move = detectLoop.find((one) => work.some((other) => other.move === one));
    const is = move && change.to ? await contentAt(source, change.to) : null;
    if (!move || !change.to || !is) untangled.push(share);
    else if (is.kind !== 'text' || change.to.mode === '100755') untangled.push(inBase(change, 'in the way'));
    else untangled.push(byTools(change, [{ remove: move.from }, { create: { path: move.to, content: is.text } }]));
  }
  return untangled;
}
