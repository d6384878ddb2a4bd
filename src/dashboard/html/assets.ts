import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARD_PATH } from '../../domain/dashboard-path.ts';

const FOLDER = join(import.meta.dirname, '../assets');
const TYPES = {
  'style.css': 'text/css; charset=utf-8',
  'refresh.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

type Name = keyof typeof TYPES;

interface Asset {
  readonly type: string;
  readonly content: Buffer;
  /** It names the content, so that a browser keeps it for as long as it likes. */
  readonly path: string;
}

const assets = new Map(
  (Object.keys(TYPES) as Name[]).map((name): [Name, Asset] => {
    const content = readFileSync(join(FOLDER, name));
    const digest = createHash('sha256').update(content).digest('hex').slice(0, 12);
    return [name, { type: TYPES[name], content, path: `${DASHBOARD_PATH}/assets/${digest}/${name}` }];
  }),
);

export const assetPath = (name: Name): string => (assets.get(name) as Asset).path;

/** The file with exactly this path; the path is never a path on the disk. */
export const assetAt = (path: string): Asset | null => [...assets.values()].find((asset) => asset.path === path) ?? null;
