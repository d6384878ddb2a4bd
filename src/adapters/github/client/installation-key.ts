/** What Octokit gives its plugins, of which we need to know whose client it is. */
export interface InstallationOptions {
  readonly auth?: { readonly installationId?: number | string };
}

/** Whose limits a client is under: an installation's, or the App's own. */
export const installationKey = ({ auth }: InstallationOptions): string => `github ${auth?.installationId ?? 'app'}`;
