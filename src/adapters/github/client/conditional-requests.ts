import type { Octokit } from '@octokit/core';
import { isRequestError } from './github-error.ts';

/** Characters of JSON: of all answers together, and of the largest that is kept. */
const KEPT = 32_000_000;
const LARGEST = 1_000_000;

/** What a commit's or an object's id names never changes: a file in it, the object itself, and what two commits have in common. */
const SHA = '(?:[0-9a-f]{40}|[0-9a-f]{64})';
const UNCHANGING = new RegExp(
  `/contents/[^?]*\\?ref=${SHA}$|/git/(?:blobs|commits)/${SHA}$|/compare/${SHA}\\.\\.\\.${SHA}(?:\\?[^/]*)?$`,
);

interface Kept {
  /** Null where it can only be read again as a whole. */
  readonly etag: string | null;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  /** As text, so that no reader can change what the next one is given. */
  readonly json: string;
}

/**
 * Reads that were made before ask whether anything has changed since: GitHub's answer that nothing has (304) counts against no limit. What
 * can never change is not asked for again. In memory, the oldest answers go first; losing them costs requests. The plugin keeps each
 * client's answers apart, and a client is one installation's: GitHub makes the tag of an answer from the token as well.
 */
export function conditionalRequests({ kept: most, largest } = { kept: KEPT, largest: LARGEST }) {
  const kept = new Map<string, Kept>();
  let size = 0;
  let clients = 0;

  function forget(key: string): void {
    size -= kept.get(key)?.json.length ?? 0;
    kept.delete(key);
  }

  function keep(key: string, answer: Kept): void {
    forget(key);
    if (answer.json.length > largest) return;
    kept.set(key, answer);
    size += answer.json.length;
    for (const oldest of kept.keys()) if (size > most) forget(oldest);
  }

  /** Puts it back as the newest. */
  function use(key: string): Kept | undefined {
    const known = kept.get(key);
    if (known) keep(key, known);
    return known;
  }

  return (octokit: Octokit) => {
    clients += 1;
    const client = clients;
    octokit.hook.wrap('request', async (request, options) => {
      // An answer that is read as a stream is nobody's to keep.
      if (options.method !== 'GET' || options.request?.parseSuccessResponseBody === false) return request(options);
      const { url, headers } = octokit.request.endpoint.parse(options);
      const key = `${client} ${headers.accept} ${url}`;
      const known = use(key);
      const isUnchanging = UNCHANGING.test(decodeURIComponent(url));
      if (known && isUnchanging) return answerFrom(known, url);
      if (known?.etag) options.headers['if-none-match'] = known.etag;
      try {
        const answer = await request(options);
        const etag = answer.headers.etag ?? null;
        if (answer.status === 200 && typeof answer.data === 'object' && (etag !== null || isUnchanging))
          keep(key, { etag, headers: answer.headers, json: JSON.stringify(answer.data) });
        return answer;
      } catch (error) {
        if (known && isRequestError(error) && error.status === 304) return answerFrom(known, url);
        throw error;
      }
    });
    return {};
  };
}

const answerFrom = ({ headers, json }: Kept, url: string) => ({ status: 200, headers, url, data: JSON.parse(json) });
