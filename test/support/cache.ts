import { join } from 'node:path';

/** Where runs of the tests leave for the next one what takes long to make. It goes with the packages, when those are installed again. */
export const CACHE = join(import.meta.dirname, '../../node_modules/.cache/planwright');

/** Empty embedded databases, to be copied. */
export const EMPTY_DATABASES = join(CACHE, 'databases');
