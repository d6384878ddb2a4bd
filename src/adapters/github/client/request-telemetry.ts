import type { Octokit } from '@octokit/core';
import type { LimitLeft, Telemetry } from '../../../ports/telemetry.ts';
import type { InstallationOptions } from './installation-key.ts';

/**
 * An Octokit plugin that reports each request as it goes over the wire, one that is sent again too, without the time it waited for its turn.
 * The span has the endpoint's template, never the address: that would name branches and paths of people's code.
 */
export const requestTelemetry =
  (telemetry: Telemetry, send: typeof fetch) =>
  (octokit: Octokit, { auth }: InstallationOptions) => {
    const installation = String(auth?.installationId ?? 'app');
    octokit.hook.wrap('request', (request, options) => {
      const template = templateOf(options.url);
      const method = options.method ?? 'GET';
      const measured: typeof fetch = (url, init) => {
        const attributes = { 'http.request.method': method, 'url.template': template };
        return telemetry.span({ name: `GitHub ${method}`, kind: 'client', attributes }, async (span) => {
          const began = performance.now();
          const of = { kind: 'github_request', api: apiOf(template), method } as const;
          try {
            const answer = await send(url, init);
            const left = limitLeft(installation, answer.headers);
            telemetry.report({ ...of, status: answer.status, ms: performance.now() - began, left });
            span.set({ 'http.response.status_code': answer.status });
            return answer;
          } catch (error) {
            telemetry.report({ ...of, status: null, ms: performance.now() - began, left: null });
            throw error;
          }
        });
      };
      // In place, because the hooks below are given this very object, whatever a hook passes on.
      options.request = { ...options.request, fetch: measured };
      return request(options);
    });
    return {};
  };

/** As Octokit's endpoints are written. A page's successor comes as a whole address, with the ids in it. */
const templateOf = (url: string): string | null => {
  if (url.endsWith('/graphql')) return '/graphql';
  return /^\/[\w/{}.-]*$/.test(url) && (url.includes('{') || url.startsWith('/app')) ? url : null;
};

const apiOf = (template: string | null): 'rest' | 'graphql' | 'token' => {
  if (template === '/graphql') return 'graphql';
  return template?.endsWith('/access_tokens') ? 'token' : 'rest';
};

function limitLeft(installation: string, headers: Headers): LimitLeft | null {
  const figure = (name: string): number => Number(headers.get(`x-ratelimit-${name}`) ?? Number.NaN);
  const [limit, remaining, reset] = [figure('limit'), figure('remaining'), figure('reset')];
  if (![limit, remaining, reset].every(Number.isFinite)) return null;
  return { installation, resource: headers.get('x-ratelimit-resource') ?? 'core', limit, remaining, reset };
}
