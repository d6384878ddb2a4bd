import { createHash } from 'node:crypto';

/** The id git gives a blob with these bytes (SHA-1 object format). */
export const gitBlobId = (content: Buffer): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
