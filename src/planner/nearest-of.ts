import { nearestPaths } from '../agent/files/nearest-paths.ts';
import { isNear } from '../text/nearest-name.ts';

/** Paths, or ids, that can be looked up: a set, or a map by path. */
export interface Known {
  has(key: string): boolean;
  keys(): Iterable<string>;
}

/**
 * The known path or id that was probably meant: the same file name elsewhere, or at most a third of the letters differ. Only the
 * same folder and the same file name are looked at, because a plan full of wrong paths asks this for each of them: among 80,000
 * paths it takes 5 ms instead of 50.
 */
export function nearestOf(wanted: string, known: Known): string | null {
  const cut = wanted.lastIndexOf('/') + 1;
  const [folder, name] = [wanted.slice(0, cut), `/${wanted.slice(cut)}`];
  const candidates = [...known.keys()].filter(
    (path) => path.endsWith(name) || (path.startsWith(folder) && !path.includes('/', cut)),
  );
  const [nearest] = nearestPaths(wanted, candidates);
  if (nearest === undefined) return null;
  return nearest.endsWith(name) || isNear(wanted, nearest) ? nearest : null;
}
