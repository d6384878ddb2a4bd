// A renamed repository keeps answering to its old name, with a redirect to the one that does not change.
import type { World } from './world.ts';

/** The path behind /repositories/ID, as everybody else knows it. */
export function byName(world: World, path: string): string {
  const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*|\?.*)?$/.exec(path) ?? [];
  const repo = id === undefined ? undefined : world.tables.repos.get(Number(id));
  return repo ? `/repos/${repo.full_name}${rest}` : path;
}

/** Where a request for an old name should go, or undefined. */
export function movedTo(world: World, path: string): string | undefined {
  const [, api, name, rest = ''] = /^(\/repos)?\/([^/?]+\/[^/?]+?)((?:\.git)?(?:[/?].*)?)$/.exec(path) ?? [];
  const id = name === undefined ? undefined : world.links.renames.get(name)?.id;
  const repo = id === undefined || world.tables.repos.findOneBy('full_name', name ?? '') ? undefined : world.tables.repos.get(id);
  if (!repo) return undefined;
  return api ? `${world.url}/repositories/${repo.id}${rest}` : `${world.url}/${repo.full_name}${rest}`;
}
