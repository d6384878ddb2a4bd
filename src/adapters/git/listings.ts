import type { ChangeSet } from '../../domain/change/change-set.ts';
import type { SnapshotEntry } from '../../ports/snapshot.ts';
import { isPlain, listingWith, type Relisting, relistingOf } from './listing.ts';

type Listing = Promise<ReadonlyMap<string, SnapshotEntry>>;

/** The listings of trees that were used last. */
export interface Listings {
  /** The listing of that key; `load` is called where it is neither kept nor can be derived. A failed one is not kept. */
  of(key: string, load: () => Listing): Listing;
  /** Tells that a tree is another one with changes: git need not list it while that one's listing is kept. */
  derive(key: string, from: string, changes: ChangeSet): void;
  clear(): void;
}

/** Files in the listings that are kept in memory. That of the Linux repository, 78,635 files, takes about 25 MB. */
const LISTED_FILES_KEPT = 320_000;
const LISTINGS_KEPT = 200;
const DERIVATIONS_KEPT = 100;

export function createListings(): Listings {
  const listings = new Map<string, { readonly listing: Listing; files: number }>();
  const derivations = new Map<string, { readonly from: string; readonly changes: Relisting }>();

  const shrink = (): void => {
    let files = 0;
    for (const kept of listings.values()) files += kept.files;
    for (const [key, oldest] of listings) {
      // The one that was used last stays, however large it is.
      if (listings.size === 1 || (files <= LISTED_FILES_KEPT && listings.size <= LISTINGS_KEPT)) return;
      listings.delete(key);
      files -= oldest.files;
    }
  };

  function derived(key: string): Listing | null {
    const derivation = derivations.get(key);
    const from = derivation && listings.get(derivation.from);
    return from ? from.listing.then((listing) => listingWith(listing, derivation.changes)) : null;
  }

  return {
    of(key, load) {
      const kept = listings.get(key) ?? { listing: derived(key) ?? load(), files: 0 };
      listings.delete(key);
      listings.set(key, kept);
      kept.listing.then(
        ({ size }) => {
          kept.files = size;
          shrink();
        },
        () => listings.get(key) === kept && listings.delete(key),
      );
      return kept.listing;
    },
    derive(key, from, changes) {
      if (key === from || !isPlain(changes)) return;
      derivations.delete(key);
      derivations.set(key, { from, changes: relistingOf(changes) });
      for (const oldest of [...derivations.keys()].slice(0, -DERIVATIONS_KEPT)) derivations.delete(oldest);
    },
    clear() {
      listings.clear();
      derivations.clear();
    },
  };
}
