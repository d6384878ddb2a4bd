import { randomBytes } from 'node:crypto';

/** Short links in memory, for as long as the process lives. */
export function createLinks({ newSlug = () => randomBytes(4).toString('base64url') } = {}) {
  const targets = new Map();

  return {
    /** Returns the slug of the new link. */
    add(target) {
      let slug = newSlug();
      while (targets.has(slug)) slug = newSlug();
      targets.set(slug, target);
      return slug;
    },
    /** The target, or undefined. */
    find: (slug) => targets.get(slug),
  };
}
