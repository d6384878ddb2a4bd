import type { Probot } from 'probot';
import { remember } from '../../../domain/remember.ts';
import { fullName, type RepositoryRef } from '../../../domain/repository.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Forge } from '../../../ports/forge/forge.ts';

/** GitHub's tokens live an hour; one with less than this left could expire in the middle of a large fetch. */
const LEAST_LEFT_MS = 10 * 60_000;
const REPOSITORIES_KEPT = 2_000;

interface Minted {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Tokens that read one repository's contents, kept in this process only. Octokit's own cache would hand one out until its last
 * minute.
 */
export function gitCredentials(probot: Probot, serverUrl: string, clock: Clock): Forge['gitCredential'] {
  const minted = new Map<string, Promise<Minted>>();

  async function mint(ref: RepositoryRef): Promise<Minted> {
    const app = await probot.auth();
    const { data, headers } = await app.rest.apps.createInstallationAccessToken({
      installation_id: ref.installation,
      repositories: [ref.name],
      permissions: { contents: 'read' },
    });
    // The lifetime is taken from GitHub's clock and counted on ours, which may be wrong by more than the token's last minutes.
    const answeredAt = Date.parse(headers.date ?? '');
    const now = clock.now();
    const lifetime = Date.parse(data.expires_at) - (Number.isNaN(answeredAt) ? now : answeredAt);
    return { token: data.token, expiresAt: now + lifetime };
  }

  async function usable(ref: RepositoryRef, startOver: boolean): Promise<Minted> {
    const key = `${ref.installation}:${fullName(ref)}`;
    const kept = minted.get(key);
    if (kept && !startOver) {
      const known = await kept;
      if (known.expiresAt - clock.now() > LEAST_LEFT_MS) return known;
      // Another call that waited here may have replaced it already.
      if (minted.get(key) !== kept) return usable(ref, false);
    }
    const fresh = mint(ref);
    remember(minted, key, fresh, REPOSITORIES_KEPT);
    fresh.catch(() => minted.get(key) === fresh && minted.delete(key));
    return fresh;
  }

  return async (ref, startOver) => ({ url: `${serverUrl}/${fullName(ref)}.git`, token: (await usable(ref, startOver)).token });
}
