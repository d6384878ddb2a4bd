import { z } from 'zod';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

/** What GitHub returns, once, for the code that it sent back with the browser. */
const created = z.object({
  id: z.number(),
  slug: z.string(),
  html_url: z.string(),
  pem: z.string().startsWith('-----BEGIN '),
  webhook_secret: z.string().min(16),
  client_id: z.string(),
  client_secret: z.string(),
});
export type CreatedApp = z.infer<typeof created>;

/** Sent once: a code can be used once, so a repeated request could only hide the result of the first. */
export async function convertCode(apiUrl: string, code: string): Promise<Outcome<CreatedApp>> {
  try {
    const answer = await fetch(`${apiUrl}/app-manifests/${encodeURIComponent(code)}/conversions`, {
      method: 'POST',
      headers: { accept: 'application/vnd.github+json', 'user-agent': 'planwright-setup' },
      signal: AbortSignal.timeout(30_000),
    });
    if (answer.status !== 201) return failure(`GitHub answered ${answer.status} when it was asked for the App's key.`);
    const parsed = created.safeParse(await answer.json());
    if (parsed.success) return success(parsed.data);
    return failure(`GitHub's answer lacks ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}.`);
  } catch (error) {
    const { message, cause } = error as Error;
    return failure(`${apiUrl} did not answer: ${cause instanceof Error ? cause.message : message}.`);
  }
}
