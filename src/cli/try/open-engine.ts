import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { localBranches } from '../../adapters/git/local/branches.ts';
import type { LocalRepository } from '../../adapters/git/local/repository.ts';
import { openLocalSnapshots } from '../../adapters/git/local/snapshots.ts';
import { createModels } from '../../adapters/models/models.ts';
import { useNetwork } from '../../adapters/network/use-network.ts';
import { parsePrices } from '../../adapters/prices/parse-prices.ts';
import { priceOfWith } from '../../adapters/prices/price-of.ts';
import { SHIPPED_PRICES } from '../../adapters/prices/shipped-prices.ts';
import { launchEngine } from '../../adapters/store/launch-engine.ts';
import { openStore } from '../../adapters/store/open-store.ts';
import { withCacheWarmUp } from '../../agent/cache-warm-up.ts';
import type { Limits } from '../../domain/model/budget.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PriceOf } from '../../ports/prices.ts';
import type { Snapshots } from '../../ports/snapshot.ts';
import type { ModelEnvironment } from '../../settings/environment/environment.ts';
import { type Redactor, redactLogLine } from '../../text/redaction/redactor.ts';
import type { TrySubject } from '../../workflows/try/ports.ts';
import { registerTry, type TryWork } from '../../workflows/try/register.ts';
import { emptyDatabases } from './cache-folder.ts';
import { limitedModels } from './limited-models.ts';
import type { EmitEvent } from './terminal/events.ts';

export interface EngineFacts {
  readonly folder: string;
  readonly repository: LocalRepository;
  readonly subject: TrySubject;
  readonly environment: ModelEnvironment;
  readonly limits: Limits;
  readonly priceOf: PriceOf;
  readonly clock: Clock;
  readonly redact: Redactor;
  readonly emit: EmitEvent;
}

export interface OpenEngine {
  readonly work: TryWork;
  readonly snapshots: Snapshots;
  close(): Promise<void>;
}

/** Where no identity is set, commits say who made them. */
const OWN_IDENTITY = { name: 'Planwright', email: 'planwright@localhost' };

/** Assembles a try and launches its engine, which continues what an earlier process left. Everything it writes is in the folder. */
export async function openEngine(facts: EngineFacts): Promise<Outcome<OpenEngine>> {
  const { folder, repository, subject, environment, limits, priceOf, clock, redact, emit } = facts;
  mkdirSync(folder, { recursive: true });
  const log = pino(
    { level: 'debug', hooks: { streamWrite: (line) => redactLogLine(line, redact) } },
    pino.destination({ dest: join(folder, 'try.log'), sync: true }),
  );
  const network = useNetwork(process.env, folder);
  if (network.problems.length > 0) return failure(network.problems.join(' '));
  const store = await openStore({ databaseUrl: null, dataDir: folder, emptyDatabases: emptyDatabases(process.env), log });
  // The advice on stopping the other process is cut off: the person can see which one it is.
  if (!store.ok) return failure(`This try runs in another process. ${store.reason.replace(/ Stop it first.*$/, '')}`);
  const scratch = join(folder, 'git', 'scratch.git');
  const snapshots = await openLocalSnapshots(scratch, repository);
  const warm = withCacheWarmUp(createModels({ endpoints: environment.providers, clock, log: log.warn.bind(log), redact }), {
    clock,
    priceOf,
  });
  const { head: base } = subject;
  const work: TryWork = registerTry(
    {
      subject,
      snapshots,
      branches: localBranches({ scratch, gitDir: repository.gitDir, base, identity: repository.identity ?? OWN_IDENTITY }),
      models: limitedModels(warm, { limits, priceOf, spent: async () => [...(await work.spent()).values()].flat() }),
      priceOf,
      clock,
      report: (progress) => emit({ type: 'progress', ...progress }),
    },
    (err, workflow) => log.error({ err, workflow }, 'A workflow failed'),
  );
  const engine = await launchEngine({ pool: store.value.pool, log, register: () => {} });
  return success({
    work,
    snapshots,
    async close() {
      await engine.close(0);
      snapshots.close();
      await store.value.close();
    },
  });
}

/** The shipped prices, and over them those of PRICES_FILE. */
export function pricesOf({ pricesFile }: ModelEnvironment): Outcome<PriceOf> {
  if (pricesFile === null) return success(priceOfWith([SHIPPED_PRICES]));
  let text: string;
  try {
    text = readFileSync(pricesFile, 'utf8');
  } catch (error) {
    return failure(`PRICES_FILE ${pricesFile} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`);
  }
  const parsed = parsePrices(text);
  return parsed.ok
    ? success(priceOfWith([SHIPPED_PRICES, parsed.value]))
    : failure(`PRICES_FILE ${pricesFile} cannot be used: ${parsed.reason.join(' ')}`);
}
