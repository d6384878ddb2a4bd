import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { gitVersion, listRemote } from './adapters/git/inspection.ts';
import { type Prices, parsePrices } from './adapters/prices/parse-prices.ts';
import { priceOfWith } from './adapters/prices/price-of.ts';
import { priceWarnings } from './adapters/prices/price-warnings.ts';
import { SHIPPED_PRICES } from './adapters/prices/shipped-prices.ts';
import type { Inspections } from './doctor/run-checks.ts';
import { failure, type Outcome, success } from './domain/outcome.ts';
import type { Forge } from './ports/forge/forge.ts';
import type { AppInspection, MachineInspection, NetworkUse } from './ports/inspection.ts';
import type { Models } from './ports/model.ts';
import type { Environment } from './settings/environment/environment.ts';

interface Parts {
  readonly github: AppInspection;
  readonly forge: Pick<Forge, 'gitCredential'>;
  readonly models: Pick<Models, 'knows'>;
  readonly prices: readonly Prices[];
  readonly network: NetworkUse;
  readonly database: MachineInspection['database'];
}

/** What the checks of the doctor read. */
export function inspectionsOf(env: Environment, { github, forge, models, prices, network, database }: Parts): Inspections {
  return {
    github,
    machine: {
      ...machineOf(env.dataDir, network),
      database,
      async canFetch(repository) {
        try {
          return await listRemote(await forge.gitCredential(repository, false), env.githubServerUrl.startsWith('http:'));
        } catch (error) {
          return failure(error instanceof Error ? error.message : String(error));
        }
      },
    },
    models: {
      knows: models.knows,
      priceOf: priceOfWith(prices),
      priceWarnings: (names) => priceWarnings(names, prices, Date.now()),
    },
    now: Date.now,
  };
}

/** What can be checked without a valid environment. */
export const machineOf = (
  dataDir: string,
  network: NetworkUse,
): Pick<MachineInspection, 'gitVersion' | 'freeBytes' | 'network'> => ({
  network,
  gitVersion,
  async freeBytes() {
    let folder = resolve(dataDir);
    // The data folder is created at the first start, on the disk of the nearest existing folder.
    while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
    try {
      const { bavail, bsize } = await statfs(folder);
      return success(bavail * bsize);
    } catch (error) {
      return failure(`${folder} cannot be inspected (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`);
    }
  },
});

/** The shipped prices, and over them those of PRICES_FILE. Reasons are sentences for the operator. */
export function pricesOf(pricesFile: string | null): Outcome<readonly Prices[], string> {
  if (pricesFile === null) return success([SHIPPED_PRICES]);
  let text: string;
  try {
    text = readFileSync(pricesFile, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return failure(`PRICES_FILE ${pricesFile} cannot be read (${code ?? 'unknown error'}).`);
  }
  const parsed = parsePrices(text);
  if (parsed.ok) return success([SHIPPED_PRICES, parsed.value]);
  return failure(`PRICES_FILE ${pricesFile} cannot be used.\n${parsed.reason.map((problem) => `- ${problem}`).join('\n')}`);
}
