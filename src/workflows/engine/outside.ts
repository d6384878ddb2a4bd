import { AsyncResource } from 'node:async_hooks';

/** Bound while the module loads, so that what runs in it belongs to no workflow and is no step of one. */
export const outside = AsyncResource.bind(<T>(run: () => Promise<T>): Promise<T> => run());
