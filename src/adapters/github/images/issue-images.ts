import { imageTypeOf, type ModelImage } from '../../../domain/model/image.ts';
import { failure, type Outcome, success } from '../../../domain/outcome.ts';
import type { RepositoryForge } from '../../../ports/forge/forge.ts';
import type { ReadImage } from '../../../ports/forge/images.ts';
import type { Access } from '../access.ts';
import { orNull } from '../client/github-error.ts';
import { isStoredWithGitHub, shownImages } from './shown-images.ts';

/** For one image, in milliseconds. */
const TIMEOUT_MS = 15_000;
/** For all images of an issue. */
const ALL_TIMEOUT_MS = 60_000;
/** GitHub redirects once, to where the file is. */
const REDIRECTS_MAX = 3;

const CHANGED: ReadImage = failure('the issue has been edited since');

export const imageOperations = (access: Access, serverUrl: string): Pick<RepositoryForge, 'issueImages'> => ({
  async issueImages({ number, body }, limits) {
    const rendered = await renderedIssue(access, number);
    if (rendered === null) return [];
    const addresses = shownImages(rendered.html);
    if (rendered.body !== body) return addresses.map(() => CHANGED);
    const images: ReadImage[] = [];
    let room = limits.all;
    // An issue may name thousands of addresses, none of which is an image.
    const triesMax = 2 * limits.count;
    const deadline = AbortSignal.timeout(ALL_TIMEOUT_MS);
    for (const address of addresses) {
      const taken = images.filter(({ ok }) => ok).length;
      const image =
        taken === limits.count || images.length >= triesMax
          ? failure(`only ${limits.count} images are read`)
          : await download(address, serverUrl, { maxBytes: Math.min(limits.each, room), deadline });
      if (image.ok) room -= Buffer.byteLength(image.value.base64, 'base64');
      images.push(image);
    }
    return images;
  },
});

/**
 * The text as people wrote it and as GitHub renders it, in which addresses of a private repository's attachments are signed for a few
 * minutes: read as a stream, because such an answer must not be kept for later readers.
 */
async function renderedIssue(access: Access, number: number): Promise<{ readonly body: string; readonly html: string } | null> {
  const octokit = await access.octokit();
  const answer = await orNull(
    octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}', {
      ...access.at,
      issue_number: number,
      headers: { accept: 'application/vnd.github.full+json' },
      request: { parseSuccessResponseBody: false },
    }),
    [404, 410],
  );
  if (answer === null) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.data as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const issue = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { body?: string | null; body_html?: string | null };
  return { body: issue.body ?? '', html: issue.body_html ?? '' };
}

/** Without any token: a signed address needs none, and no other host may see one. Every redirect is looked at before it is followed. */
async function download(
  address: string,
  serverUrl: string,
  { maxBytes, deadline }: { readonly maxBytes: number; readonly deadline: AbortSignal },
): Promise<Outcome<ModelImage>> {
  const signal = AbortSignal.any([deadline, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    let at = address;
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      if (!isStoredWithGitHub(at, serverUrl)) return failure('it is on another server than GitHub');
      const answer = await fetch(at, { redirect: 'manual', signal });
      const location = answer.headers.get('location');
      if (answer.status >= 300 && answer.status < 400 && location !== null && URL.canParse(location, at)) {
        await answer.body?.cancel();
        at = new URL(location, at).href;
        continue;
      }
      if (!answer.ok || answer.body === null) {
        await answer.body?.cancel();
        return failure(`GitHub answered ${answer.status}`);
      }
      return await imageIn(answer.body, Number(answer.headers.get('content-length') ?? 0), maxBytes);
    }
    return failure('GitHub redirects too often');
  } catch {
    return failure('it could not be read');
  }
}

async function imageIn(stream: ReadableStream<Uint8Array>, announced: number, maxBytes: number): Promise<Outcome<ModelImage>> {
  const tooLarge = failure('it is too large');
  if (announced > maxBytes) {
    await stream.cancel();
    return tooLarge;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxBytes) return tooLarge;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const type = imageTypeOf(bytes);
  return type === null ? failure('it is no image that models take') : success({ type, base64: bytes.toString('base64') });
}
