import type { AppFailure, AppInspection, InspectedApp, InspectedDelivery, InspectedInstallation } from '../ports/inspection.ts';
import { APP_EVENTS, APP_PERMISSIONS, missingEvents, missingPermissions, WEBHOOK_PATH } from '../settings/app-facts.ts';
import type { Environment } from '../settings/environment/environment.ts';
import { type Check, fail, ok, skipped, warn } from './check.ts';
import { settingsPage } from './settings-page.ts';

/** A statement signed by an App must not be older than ten minutes, nor from the future. */
const SKEW_MS = { tolerable: 10_000, most: 60_000 };
const DAY_MS = 86_400_000;

const NAMES = {
  reach: 'GitHub',
  clock: 'clock',
  key: 'private key',
  permissions: 'permissions of the App',
  events: 'events of the App',
  webhook: 'webhook address',
  deliveries: 'webhook deliveries',
  installations: 'installations',
} as const;

export async function githubChecks(env: Environment, inspection: AppInspection, now: () => number): Promise<Check[]> {
  const sent = now();
  const clock = await inspection.clock();
  if (!clock.ok) {
    const { reach, ...rest } = NAMES;
    return [
      unreachable(reach, env, clock.reason),
      ...Object.values(rest).map((name) => skipped(name, 'GitHub cannot be reached')),
    ];
  }
  const reached = [ok(NAMES.reach, env.githubApiUrl), clockCheck(clock.value, (sent + now()) / 2)];
  const app = await inspection.app();
  if (!app.ok) {
    const { reach: _, clock: __, key, ...rest } = NAMES;
    return [
      ...reached,
      keyFailure(key, env, app.reason),
      ...Object.values(rest).map((name) => skipped(name, 'needs a private key that works')),
    ];
  }
  const page = settingsPage(env.githubServerUrl, app.value.slug);
  return [
    ...reached,
    ok(NAMES.key, `belongs to ${app.value.slug} (${env.appId})`),
    ...rightsChecks(app.value, page),
    ...(await webhookChecks(inspection, page, now())),
    ...(await installationChecks(inspection, app.value)),
  ];
}

function unreachable(name: string, env: Environment, problem: AppFailure): Check {
  const code = problem.kind === 'unreachable' ? problem.code : null;
  const isCertificate = code !== null && /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code);
  return fail(
    name,
    `${env.githubApiUrl} cannot be reached: ${code ?? problem.message}.`,
    isCertificate
      ? 'Its certificate is not trusted here: set NODE_EXTRA_CA_CERTS to the file of your certificate authority.'
      : 'Check GITHUB_API_URL, the network, and HTTPS_PROXY if this machine needs a proxy.',
  );
}

function clockCheck(date: number | null, now: number): Check {
  if (date === null)
    return warn(NAMES.clock, "GitHub's answer had no date.", 'Check that GITHUB_API_URL is the address of the API.');
  // The header has whole seconds.
  const skew = Math.round((now - date - 500) / 1000) * 1000;
  const detail = `${Math.abs(skew) / 1000} s ${skew < 0 ? 'behind' : 'ahead of'} GitHub's`;
  if (Math.abs(skew) <= SKEW_MS.tolerable) return ok(NAMES.clock, 'agrees with GitHub');
  const fix = 'Set the clock of this machine (NTP): GitHub refuses what an App signs at another time.';
  return Math.abs(skew) > SKEW_MS.most ? fail(NAMES.clock, `${detail}.`, fix) : warn(NAMES.clock, `${detail}.`, fix);
}

function keyFailure(name: string, env: Environment, problem: AppFailure): Check {
  if (problem.kind === 'unreachable') return unreachable(name, env, problem);
  return fail(
    name,
    `GitHub refused the key of App ${env.appId}: ${problem.message}.`,
    "Check APP_ID and PRIVATE_KEY: both must be of one App, and the key must still be listed on the App's page.",
  );
}

function rightsChecks(app: InspectedApp, page: string): Check[] {
  const permissions = missingPermissions(app.permissions);
  const events = missingEvents(app.events);
  return [
    permissions.length === 0
      ? ok(NAMES.permissions, `all ${Object.keys(APP_PERMISSIONS).length}`)
      : fail(
          NAMES.permissions,
          `Missing: ${permissions.join(', ')}.`,
          `Add them on ${page}/permissions; owners must then accept them.`,
        ),
    events.length === 0
      ? ok(NAMES.events, `all ${APP_EVENTS.length}`)
      : fail(
          NAMES.events,
          `Not subscribed: ${events.join(', ')}.`,
          `Tick them on ${page}/permissions, under "Subscribe to events".`,
        ),
  ];
}

async function webhookChecks(inspection: AppInspection, page: string, now: number): Promise<Check[]> {
  const webhook = await inspection.webhook();
  const address = ((): Check => {
    if (!webhook.ok) return warn(NAMES.webhook, `${webhook.reason.message}.`, `Check ${page}.`);
    const { url, contentType, hasSecret, verifiesCertificates } = webhook.value;
    const fix = (what: string) => `Set ${what} on ${page}.`;
    if (url === '')
      return fail(NAMES.webhook, 'The webhook has no address.', fix(`the webhook URL to https://YOUR-SERVER${WEBHOOK_PATH}`));
    if (!hasSecret) return fail(NAMES.webhook, 'The webhook has no secret.', fix('the webhook secret to WEBHOOK_SECRET'));
    if (contentType !== 'json')
      return fail(NAMES.webhook, `The content type is ${contentType}.`, fix('the content type to application/json'));
    if (!isSmee(url) && !url.endsWith(WEBHOOK_PATH))
      return fail(
        NAMES.webhook,
        `${url} does not end with ${WEBHOOK_PATH}.`,
        fix(`the webhook URL to https://YOUR-SERVER${WEBHOOK_PATH}`),
      );
    if (isSmee(url))
      return warn(NAMES.webhook, `${url} is a channel of a third party, which sees every delivery.`, 'Use it for trying only.');
    if (url.startsWith('http:') || !verifiesCertificates)
      return warn(
        NAMES.webhook,
        `${url} is not protected by a certificate that is verified.`,
        fix('an https address, and verification on'),
      );
    return ok(NAMES.webhook, url);
  })();
  return [address, await deliveriesCheck(inspection, page, now)];
}

const isSmee = (url: string): boolean => /^https:\/\/smee\.io\//.test(url);

async function deliveriesCheck(inspection: AppInspection, page: string, now: number): Promise<Check> {
  const name = NAMES.deliveries;
  const read = await inspection.deliveries();
  if (!read.ok) return warn(name, `${read.reason.message}.`, `Check ${page}/advanced.`);
  const recent = read.value.filter(({ at }) => now - at < DAY_MS);
  const [last] = recent;
  if (!last) return ok(name, 'none in the last day');
  if (isAnswered(last)) return ok(name, `the last one was answered with ${last.status}, ${recent.length} in the last day`);
  const failed = recent.findIndex(isAnswered);
  const count = failed === -1 ? recent.length : failed;
  const detail = `The last ${count === 1 ? 'one was' : `${count} were`} not accepted: ${last.status || last.said} (${last.event}).`;
  if (last.status === 401) return fail(name, detail, `WEBHOOK_SECRET and the secret on ${page} differ: set both to the same.`);
  if (last.status === 0)
    return fail(name, detail, 'GitHub does not reach the webhook address: check DNS, firewall and the proxy in front.');
  if (last.status === 404 || last.status === 405)
    return fail(name, detail, `Something else answers there: the address must lead to this server's ${WEBHOOK_PATH}.`);
  return warn(name, detail, 'Check the logs of the server and of the proxy in front; lost deliveries are requested again.');
}

const isAnswered = ({ status }: InspectedDelivery): boolean => status >= 200 && status < 300;

async function installationChecks(inspection: AppInspection, { page, permissions, events }: InspectedApp): Promise<Check[]> {
  const name = NAMES.installations;
  const read = await inspection.installations();
  if (!read.ok) return [warn(name, `${read.reason.message}.`, `Check ${page}.`)];
  if (read.value.length === 0) return [warn(name, 'The App is not installed anywhere.', `Install it: ${page}/installations/new`)];
  const troubled = read.value.flatMap((installation) => installationProblem(installation, { permissions, events }));
  return troubled.length > 0 ? troubled : [ok(name, read.value.map(({ account }) => account).join(', '))];
}

/** Permissions that the App itself lacks are reported once, about the App. */
function installationProblem(
  { account, page, suspended, permissions, events }: InspectedInstallation,
  app: Pick<InspectedApp, 'permissions' | 'events'>,
): Check[] {
  const name = `installation at ${account}`;
  if (suspended) return [warn(name, 'It is suspended: nothing happens there.', `Resume it on ${page}.`)];
  const lacking = [
    ...missingPermissions(permissions).filter((missing) => !missingPermissions(app.permissions).includes(missing)),
    ...missingEvents(events).filter((missing) => !missingEvents(app.events).includes(missing)),
  ];
  if (lacking.length === 0) return [];
  return [fail(name, `It has not accepted: ${lacking.join(', ')}.`, `An owner can accept them on ${page}/permissions/update.`)];
}
