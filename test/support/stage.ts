import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Waits } from '../../src/workflows/engine/schedule.ts';
import { type Bot, type BotOptions, startBot } from './bot.ts';
import { copyDatabase } from './database-template.ts';
import { freshDatabase } from './fresh-database.ts';
import { type LocalGitHub, type LocalGitHubOptions, startLocalGitHub } from './github/local-github.ts';
import { type LocalModels, startLocalModels } from './models/local-models.ts';
import { QUICK_WAITS } from './quick-waits.ts';

type Variables = Readonly<Record<string, string>>;

/** A GitHub, the model providers and the bot, all on this machine, talking HTTP. */
export interface Stage {
  readonly github: LocalGitHub;
  readonly models: LocalModels;
  /** The bot that runs now. */
  readonly bot: Bot;
  /** Where it keeps its database and its mirrors. */
  readonly dataDir: string;
  /** Null: the embedded one. */
  readonly databaseUrl: string | null;
  /** The bot's variables, as a command of `planwright` beside it is given them. */
  readonly variables: Variables;
  /** Starts another bot on the same data, as after a crash or an update. */
  restart(killAt?: BotOptions['killAt']): Promise<void>;
  /** Starts a further bot on the same database, with a folder of its own; GitHub delivers to the first one still. PostgreSQL only. */
  startReplica(killAt?: BotOptions['killAt']): Promise<Bot>;
  /** The database and the mirrors are gone, as after a lost disk, and the next bot makes its own; none must be running. */
  loseData(): Promise<void>;
  /** The process may end although the stage is open. */
  unref(): void;
  close(): Promise<void>;
}

export interface StageOptions extends LocalGitHubOptions {
  /** The bot uses its embedded database although there is a PostgreSQL server. */
  readonly embedded?: boolean;
  /** The folder for its data, which must be there and empty; one of its own unless given. */
  readonly folder?: string;
  readonly heard?: BotOptions['heard'];
  readonly flags?: BotOptions['flags'];
  /** The folder of the build that the first bot runs; this one's unless given. */
  readonly build?: string | undefined;
  /** The same for further replicas. */
  readonly replicaBuild?: string | undefined;
}

/** Every provider's models are allowed besides the usual ones, and there is no key for OpenAI's. */
const SHARED = { ALLOWED_MODELS: 'gemini/*, compatible/*, openai/*', OPENAI_API_KEY: '', OPENAI_BASE_URL: '' };

let kept: Promise<Stage> | null = null;
/** How many objections were told; what a file's work goes on to do after its end is told by the next one. */
let told = 0;

/**
 * The stage of scenes that keep to a repository of their own (`scenes.ts` makes one for each) and to usual settings: all files of a worker share
 * it, because starting a bot, a database and a GitHub costs as much as three scenes. Closing it looks at what this file has left there, and leaves
 * the stage to the next one; it ends with the process.
 */
export async function sharedStage(): Promise<Stage> {
  kept ??= openStage(SHARED).catch((error: unknown) => {
    kept = null;
    throw error;
  });
  const stage = await kept;
  const close = async (): Promise<void> => {
    await stage.github.idle();
    stage.models.forgetInterference();
    stage.github.forgetInterference();
    if (stage.bot.hasEnded) await stage.restart();
    stage.unref();
    const objections = stage.github.objections().slice(told);
    told += objections.length;
    if (objections.length > 0) throw new Error(objected(objections));
  };
  // What the stage has now, also after a restart, and an end of its own.
  return Object.create(stage, { close: { value: close } }) as Stage;
}

const objected = (objections: readonly string[]): string => `GitHub's description objects:\n  ${objections.join('\n  ')}`;

/**
 * @param env or how to make it of the services, for a test that puts something between them and the bot.
 * @param waits the product's waits that this scenario runs otherwise than quickly, in milliseconds.
 * @param on what is special about its GitHub, and about where it runs.
 */
export async function openStage(
  env: Variables | ((services: Pick<Stage, 'github' | 'models' | 'dataDir' | 'databaseUrl'>) => Promise<Variables>) = {},
  waits: Partial<Waits> = {},
  { embedded = false, folder, heard, flags, build, replicaBuild, ...on }: StageOptions = {},
): Promise<Stage> {
  const github = await startLocalGitHub(on);
  const models = await startLocalModels();
  let dataDir = folder ?? mkdtempSync(join(tmpdir(), 'planwright-'));
  let database = embedded ? null : await freshDatabase();
  if (!database) await copyDatabase(dataDir);
  const special = typeof env === 'function' ? await env({ github, models, dataDir, databaseUrl: database?.url ?? null }) : env;
  let bot = await start().catch(async (error) => {
    await Promise.all([github.close(), models.close(), database?.drop()]);
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  });

  const replicas: { readonly bot: Bot; readonly folder: string }[] = [];

  async function start(killAt?: BotOptions['killAt']): Promise<Bot> {
    const started = await startBot(variablesFor(dataDir), { killAt, heard, flags, build });
    github.deliverTo(started.url === '' ? null : `${started.url}/api/github/webhooks`);
    return started;
  }

  function variablesFor(folder: string): Variables {
    return {
      APP_ID: String(github.app.id),
      PRIVATE_KEY: github.app.privateKey,
      WEBHOOK_SECRET: github.app.webhookSecret,
      GITHUB_API_URL: `${github.url}/api/v3`,
      GITHUB_SERVER_URL: github.url,
      DATA_DIR: folder,
      ...(database ? { DATABASE_URL: database.url } : {}),
      ANTHROPIC_API_KEY: 'a-local-key',
      ANTHROPIC_BASE_URL: models.anthropicUrl,
      OPENAI_API_KEY: 'a-local-key',
      OPENAI_BASE_URL: models.openaiUrl,
      GEMINI_API_KEY: 'a-local-key',
      GEMINI_BASE_URL: models.geminiUrl,
      COMPATIBLE_BASE_URL: models.compatibleUrl,
      // Nobody waits for checks that a scene does not have; one that has some lets them begin before the bot can look.
      CHECKS_GRACE_SECONDS: '0',
      // The local GitHub's clock counts in milliseconds.
      TEST_WAITS: JSON.stringify({ ...QUICK_WAITS, clockSlack: 1, ...waits }),
      ...special,
    };
  }

  return {
    github,
    models,
    get bot() {
      return bot;
    },
    get dataDir() {
      return dataDir;
    },
    get databaseUrl() {
      return database?.url ?? null;
    },
    get variables() {
      return variablesFor(dataDir);
    },
    async restart(killAt) {
      bot = await start(killAt);
    },
    async startReplica(killAt) {
      const own = mkdtempSync(join(tmpdir(), 'planwright-replica-'));
      const replica = await startBot(variablesFor(own), { killAt, heard, flags, build: replicaBuild });
      replicas.push({ bot: replica, folder: own });
      return replica;
    },
    async loseData() {
      await rm(dataDir, { recursive: true, force: true });
      dataDir = mkdtempSync(join(tmpdir(), 'planwright-'));
      await database?.drop();
      database = embedded ? null : await freshDatabase();
    },
    unref() {
      for (const one of [github, models, bot]) one.unref();
    },
    async close() {
      github.deliverTo(null);
      await Promise.all([bot, ...replicas.map((replica) => replica.bot)].map((one) => one.kill()));
      for (const { folder: own } of replicas) await rm(own, { recursive: true, force: true });
      await Promise.all([github.close(), models.close(), database?.drop()]);
      await rm(dataDir, { recursive: true, force: true });
      const objections = github.objections();
      if (objections.length > 0) throw new Error(objected(objections));
    },
  };
}
