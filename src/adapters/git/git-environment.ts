/** Where a child reads from, and the token it may use. `token` never leaves the child's environment. */
export interface GitCredential {
  /** `https://github.com/OWNER/NAME.git` */
  readonly url: string;
  readonly token: string;
}

export interface GitEnvironmentOptions {
  /**
   * The bare repository; also the only directory that git may trust regardless of its owner (a mounted volume has its own owner).
   */
  readonly gitDir: string;
  /** Only for a local forge: tokens in clear text otherwise. */
  readonly allowHttp: boolean;
  readonly credential?: GitCredential;
  readonly indexFile?: string;
}

/** The variables that name the proxies; libcurl reads HTTP_PROXY in lower case only. */
const PROXIES = ['https_proxy', 'http_proxy', 'no_proxy'];

/** The operator's proxies and certificates, for a child that talks to a server. */
function networkVariables(): Record<string, string> {
  const given = PROXIES.map((name) => [name, process.env[name] || process.env[name.toUpperCase()]]);
  const all = [...given, ['GIT_SSL_CAINFO', process.env.GIT_SSL_CAINFO]];
  return Object.fromEntries(all.filter(([, value]) => value)) as Record<string, string>;
}

/**
 * The whole environment of a git child: apart from proxies and certificates nothing of ours is inherited, so neither the operator's
 * keys nor a stray GIT_DIR, GIT_SSH_COMMAND or configuration file gets in. Settings travel in the environment too: an argument
 * shows in `ps`, and a file outlives a kill.
 */
export function gitEnvironment({ gitDir, allowHttp, credential, indexFile }: GitEnvironmentOptions): Record<string, string> {
  const settings: [string, string][] = [
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['safe.directory', gitDir],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['protocol.version', '2'],
    ['fetch.fsckObjects', 'true'],
    // Such modes are harmless, and repositories from git's first years contain them: they could not be read at all otherwise.
    ['fetch.fsck.zeroPaddedFilemode', 'ignore'],
    // A redirect would carry the token to wherever the answer points.
    ['http.followRedirects', 'false'],
  ];
  if (credential) settings.push([`http.${credential.url}.extraHeader`, basicAuthorization(credential.token)]);
  const config = settings.flatMap(([key, value], i) => [
    [`GIT_CONFIG_KEY_${i}`, key],
    [`GIT_CONFIG_VALUE_${i}`, value],
  ]);
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    // libcurl reads .netrc from here.
    HOME: '/dev/null',
    // git's messages stay English and PCRE reads UTF-8.
    LC_ALL: 'C.UTF-8',
    GIT_DIR: gitDir,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: allowHttp ? 'https:http' : 'https',
    // A path of the repository is a path, not a pattern: `:(exclude)x` and `*` are possible file names.
    GIT_LITERAL_PATHSPECS: '1',
    ...(credential ? networkVariables() : {}),
    ...(indexFile ? { GIT_INDEX_FILE: indexFile } : {}),
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(config),
  };
}

export const basicAuthorization = (token: string): string =>
  `Authorization: Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
