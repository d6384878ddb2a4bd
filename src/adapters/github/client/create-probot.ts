import type { Logger } from 'pino';
import { Probot, ProbotOctokit } from 'probot';
import type { Clock } from '../../../ports/clock.ts';
import { ALWAYS_OPEN, type Fence } from '../../../ports/replicas.ts';
import type { Pauses, RequestSlots } from '../../../ports/shared-memory.ts';
import { SILENT, type Telemetry } from '../../../ports/telemetry.ts';
import { apiVersion } from './api-version.ts';
import { conditionalRequests } from './conditional-requests.ts';
import { contentLimits } from './content-limits.ts';
import { fencedWrites } from './fenced-writes.ts';
import { redaction } from './redaction.ts';
import { requestTelemetry } from './request-telemetry.ts';
import { retryPolicy } from './retry-policy.ts';
import { RETRY_SCHEDULE, type RetrySchedule } from './retry-schedule.ts';
import { markQueries, writePace } from './write-pace.ts';

export interface ProbotSettings {
  readonly appId: number;
  /** PEM, with real line breaks. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** `https://api.github.com`, or `https://HOST/api/v3` for GitHub Enterprise Server. */
  readonly apiUrl: string;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  /** Never written to GitHub; the two above never are anyway. */
  readonly secrets?: readonly string[];
  /** Takes the place of Probot's own logger, which would write past our redaction. */
  readonly log?: Logger;
  /**
   * Whether writes are spaced as github.com requires: one a second, one every three seconds where people are notified, and no more
   * content in a minute and an hour than it accepts. False only for a server without rate limits (a local GitHub, an Enterprise
   * Server that has them switched off).
   */
  readonly paced: boolean;
  /**
   * Milliseconds; those of `RETRY_SCHEDULE` by default. `secondary`: the wait after a secondary limit without Retry-After;
   * `inline`: the longest that the client waits itself.
   */
  readonly limits?: { readonly secondary: number; readonly inline: number };
  /** Asked before each write; unset: always open. */
  readonly fence?: Fence;
  /** Where several processes write for the same installations. */
  readonly pauses?: Pauses | null;
  readonly slots?: RequestSlots | null;
  /** Told of each request. */
  readonly telemetry?: Telemetry;
}

/** A server that accepts the connection and then says nothing must not hold a durable step. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * Probot, ready to use. The class is constructed directly, because its usual entry points read more than they are given:
 * `createProbot` and `run` take credentials, GHE_HOST, REDIS_URL and SENTRY_DSN from the environment, and `run` also
 * loads a `.env` over it.
 */
export function createProbot(settings: ProbotSettings, clock: Clock): Promise<Probot> {
  // Probot would fall back on the well-known secret "development", and anyone could then sign webhooks.
  if (settings.webhookSecret === '') throw new Error('The webhook secret is empty.');
  return new Probot({
    appId: settings.appId,
    privateKey: settings.privateKey,
    secret: settings.webhookSecret,
    baseUrl: settings.apiUrl.replace(/\/+$/, ''),
    logLevel: settings.logLevel,
    logFormat: 'json',
    request: { fetch: fetchWithin(ANSWER_WITHIN_MS) },
    ...(settings.log && { log: settings.log }),
    Octokit: octokitFor(settings, clock),
  }).ready();
}

interface OctokitOptions {
  readonly auth?: { readonly request?: unknown };
  readonly throttle?: object;
}

/**
 * Plugins wrap each other in the order they are added: ours comes last, so a repeated request is throttled like any other.
 * The function form of `defaults` is needed: Probot merges its own throttle options over an object.
 */
function octokitFor(
  { paced, limits, fence = ALWAYS_OPEN, pauses = null, slots = null, secrets = [], telemetry = SILENT, ...own }: ProbotSettings,
  clock: Clock,
): typeof ProbotOctokit {
  const given = limits && { longestPauseMs: limits.inline, secondaryLimitMs: limits.secondary };
  const retries: RetrySchedule = { ...RETRY_SCHEDULE, ...given };
  const pace = writePace(clock);
  const clean = redaction([own.privateKey, own.webhookSecret, ...secrets]);
  const plugins = [
    requestTelemetry(telemetry, fetchWithin(ANSWER_WITHIN_MS)),
    fencedWrites(fence),
    ...(paced ? [contentLimits(clock, slots), markQueries] : []),
    apiVersion,
    clean,
    conditionalRequests(),
    retryPolicy(clock, retries, pauses),
  ];
  const Octokit = ProbotOctokit.plugin(...plugins).defaults(({ auth, throttle, ...options }: OctokitOptions) => {
    // Probot gives its authentication a request function that knows no base URL: `octokit.auth()` would send an Enterprise Server's
    // JWT to github.com. Without it, Octokit's own request function is used, which has the same base URL as everything else.
    const { request: _, ...authentication } = auth ?? {};
    return {
      ...options,
      auth: authentication,
      retry: { enabled: false },
      // The throttling plugin only spaces requests; the retry policy decides what happens after a refusal.
      throttle: { ...throttle, enabled: paced, write: pace, onRateLimit: () => false, onSecondaryRateLimit: () => false },
    };
  });
  return Octokit as unknown as typeof ProbotOctokit;
}

const fetchWithin =
  (ms: number): typeof fetch =>
  (url, init) =>
    fetch(url, { ...init, signal: AbortSignal.timeout(ms) });
