import { accessSync, constants } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { createProbot } from '../../adapters/github/client/create-probot.ts';
import { createAppInspection } from '../../adapters/github/inspection.ts';
import { useNetwork } from '../../adapters/network/use-network.ts';
import { reportText } from '../../doctor/report.ts';
import { failure, success } from '../../domain/outcome.ts';
import type { AppInspection } from '../../ports/inspection.ts';
import { spellingsOf } from '../../settings/environment/variable-spellings.ts';
import { collectChecks } from '../collect-checks.ts';
import { EXIT } from '../exit-codes.ts';
import { type CreatedApp, convertCode } from './convert-code.ts';
import { alreadySet, readEnvText, withEntries, writeEnvText } from './env-lines.ts';
import { githubAddresses } from './github-addresses.ts';
import { installationUrl, startWizard } from './wizard.ts';

export interface SetupOptions {
  readonly port: number;
  readonly replace: boolean;
}

/** The variables in which the App's credentials are kept. */
const CREDENTIALS = ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET', 'CLIENT_ID', 'CLIENT_SECRET'] as const;

export async function setUp({ port, replace }: SetupOptions): Promise<number> {
  const file = process.env.ENV_FILE || '.env';
  const network = useNetwork(process.env, process.env.DATA_DIR || './data');
  const problems = [...network.problems, ...writeProblems(file)];
  if (problems.length > 0) {
    console.error(problems.join('\n'));
    return EXIT.problem;
  }
  const there = alreadySet(readEnvText(file), CREDENTIALS);
  if (there.length > 0 && !replace && !(await confirmed(`${file} has ${there.join(', ')} already. Replace them?`))) {
    console.error(`Nothing was changed. \`npm run setup -- --replace\` replaces them; ENV_FILE names another file than ${file}.`);
    return EXIT.problem;
  }

  const { serverUrl, apiUrl } = githubAddresses(process.env);
  const wizard = await startWizard(port, {
    serverUrl,
    file,
    serverPort: process.env.PORT || '3000',
    convert: (code) => convertCode(apiUrl, code),
    keep(app) {
      try {
        const entries = { ...credentials(app), ...addresses(serverUrl, apiUrl) };
        writeEnvText(file, withEntries(readEnvText(file), entries));
        useEntries(entries);
        return success(null);
      } catch (error) {
        return failure(`${file} could not be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`);
      }
    },
  });
  try {
    console.log(`Open this address in a browser; it works once:\n\n  ${wizard.url}\n`);
    if (isRemote()) {
      const { username } = userInfo();
      console.log(
        `From another machine, run this there first:\n\n  ssh -L ${wizard.port}:127.0.0.1:${wizard.port} ${username}@${hostname()}\n`,
      );
    }
    const app = await wizard.created;
    console.log(`The App ${app.slug} exists (${app.html_url}); its key and secrets are in ${file}.`);
    console.log(
      `Install it on repositories: ${installationUrl(app)}\nWaiting for the installation; Ctrl-C ends the waiting, and nothing is lost.`,
    );
    await installed(await inspectionOf(app, apiUrl));
    const checks = await collectChecks(process.env);
    wizard.show(checks);
    console.log(`\n${reportText(checks)}\n\nStart Planwright with \`npm start\`.`);
    // The browser polls every second; a closed one must not block the terminal.
    await Promise.race([wizard.seen, delay(5_000)]);
    return checks.some(({ status }) => status === 'fail') ? EXIT.problem : EXIT.ok;
  } finally {
    wizard.close();
  }
}

/** Why the file cannot be written. A key that cannot be kept is lost, because GitHub shows it once. */
function writeProblems(file: string): string[] {
  try {
    accessSync(dirname(resolve(file)), constants.W_OK);
    readEnvText(file);
    return [];
  } catch (error) {
    return [`${file} cannot be written here (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`];
  }
}

async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * The key is one line of base64: Docker, Compose and systemd read env files too, and none of them supports values of several lines.
 */
const credentials = (app: CreatedApp): Record<(typeof CREDENTIALS)[number], string> => ({
  APP_ID: String(app.id),
  PRIVATE_KEY: Buffer.from(app.pem).toString('base64'),
  WEBHOOK_SECRET: app.webhook_secret,
  CLIENT_ID: app.client_id,
  CLIENT_SECRET: app.client_secret,
});

const addresses = (serverUrl: string, apiUrl: string): Record<string, string> =>
  serverUrl === 'https://github.com' ? {} : { GITHUB_SERVER_URL: serverUrl, GITHUB_API_URL: apiUrl };

/** For the checks that follow, the new App takes the place of whatever was set before. */
function useEntries(entries: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(entries)) {
    for (const spelling of spellingsOf(name)) delete process.env[spelling];
    process.env[name] = value;
  }
}

const isRemote = (): boolean =>
  Boolean(process.env.SSH_CONNECTION) || (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY);

async function inspectionOf(app: CreatedApp, apiUrl: string): Promise<AppInspection> {
  const settings = { appId: app.id, privateKey: app.pem, webhookSecret: app.webhook_secret, apiUrl };
  const probot = await createProbot(
    { ...settings, logLevel: 'fatal', log: pino({ level: 'silent' }), paced: false },
    { now: Date.now, sleep: (ms) => delay(ms) },
  );
  return createAppInspection(probot, apiUrl);
}

/** Polls for the installation: GitHub announces it to the webhook, where no server is listening yet. */
async function installed(inspection: AppInspection): Promise<void> {
  for (;;) {
    const installations = await inspection.installations();
    if (installations.ok && installations.value.length > 0) return;
    await delay(2_000);
  }
}
