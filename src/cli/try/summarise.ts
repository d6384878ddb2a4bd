import { relative } from 'node:path';
import type { Spend } from '../../domain/model/spend.ts';
import { totalSpend } from '../../replies/phrases/figures.ts';
import { estimateCost } from '../../workflows/shared/estimate.ts';
import type { ActiveTry } from './active-try.ts';
import { tipsOf } from './build-components.ts';
import type { Approved } from './review-plan.ts';
import type { Cost } from './terminal/events.ts';

export interface RepositoryFolder {
  /** The repository's folder. */
  readonly path: string;
  readonly bare: boolean;
  /** Of this try, in the cache. */
  readonly folder: string;
  readonly colour: boolean;
}

/** What there is to show when every component is built. */
export async function summarise(current: ActiveTry, approved: Approved, place: RepositoryFolder): Promise<void> {
  const { subject, snapshot, report, emit } = current;
  const { built } = current.session();
  const order = approved.plan.implementation_order.map(({ component }) => component);
  const made = order.flatMap((id) => (built[id] === undefined ? [] : [{ id, ...built[id] }]));
  const names = made.map(({ branch }) => branch);
  const all = await report.branches(`planwright/try-${subject.number}/`);
  const tips = tipsOf(order, built).flatMap((id) => built[id]?.branch ?? []);
  const estimate = await estimateCost(current, subject.settings, snapshot, approved);
  emit({
    type: 'done',
    branches: await Promise.all(
      made.map(async ({ id, branch, commit, from }) => ({
        ...{ id, branch, commit },
        statistics: await report.statistics(from, commit, place.colour),
      })),
    ),
    graph: await report.graph(subject.head, names, place.colour),
    costs: await costsOf(current, order),
    estimate,
    merge: mergeCommand(place, tips),
    remove: `${gitIn(place.path)} branch -D ${all.join(' ')} && rm -rf ${quoted(place.folder)}`,
  });
}

function mergeCommand({ path, bare }: RepositoryFolder, tips: readonly string[]): string {
  if (bare) return `git pull --no-rebase ${quoted(path)} ${tips.join(' ')}   (in a clone, because this repository is bare)`;
  return `${gitIn(path)} merge --no-edit ${tips.join(' ')}`;
}

/** In the person's current folder git needs no path. */
const gitIn = (path: string): string => (relative(process.cwd(), path) === '' ? 'git' : `git -C ${quoted(path)}`);

/** For a shell. */
export const quoted = (text: string): string =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The costs of planning, of questions and of each component, and their total. */
async function costsOf({ work }: ActiveTry, order: readonly string[]): Promise<Cost[]> {
  const spent = [...(await work.spent())];
  const of = (what: string, prefix: RegExp): Cost[] => {
    const spends = spent.flatMap(([id, some]) => (prefix.test(id) ? some : []));
    return spends.length === 0 ? [] : [costOf(what, spends)];
  };
  const parts = [
    ...of('planning', /^plan:/),
    ...of('questions', /^ask:/),
    ...order.flatMap((id) => of(id, new RegExp(`^build:[0-9a-f]+:${id}:`))),
  ];
  return [
    ...parts,
    {
      ...costOf(
        'in all',
        spent.flatMap(([, some]) => some),
      ),
      ms: 0,
    },
  ];
}

const costOf = (what: string, spends: readonly Spend[]): Cost => ({ what, ...totalSpend(spends) });
