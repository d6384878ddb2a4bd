/** Where GitHub is for people and for programs, without a slash at the end. */
interface GitHubAddresses {
  readonly serverUrl: string;
  readonly apiUrl: string;
}

/** From the variables that name them; the first is enough. A wrong one would lose the new App's key, which GitHub hands out once. */
export function githubAddresses(env: NodeJS.ProcessEnv): GitHubAddresses {
  const serverUrl = withoutSlash(env.GITHUB_SERVER_URL?.trim() || 'https://github.com');
  return { serverUrl, apiUrl: withoutSlash(env.GITHUB_API_URL?.trim() || apiUrlOf(serverUrl)) };
}

/** GitHub.com and the enterprises on GHE.com have a host of its own for the API; an Enterprise Server has it below a path. */
function apiUrlOf(serverUrl: string): string {
  const host = URL.canParse(serverUrl) ? new URL(serverUrl).host : '';
  return host === 'github.com' || host.endsWith('.ghe.com') ? `https://api.${host}` : `${serverUrl}/api/v3`;
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
