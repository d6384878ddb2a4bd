/** Characters of a text as GitHub renders it: ten times the longest that people can write. */
const HTML_MAX = 1_000_000;

/** One tag with its attributes, each in quotes as GitHub writes them; a `>` may stand inside of quotes. */
const TAG = /<img((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/gi;
const SOURCE = /\ssrc="([^"]*)"/i;

/** The addresses of the images in a text that GitHub has rendered, in their order. */
export function shownImages(html: string): string[] {
  return [...html.slice(0, HTML_MAX).matchAll(TAG)].flatMap(([, attributes = '']) => {
    const source = SOURCE.exec(attributes)?.[1];
    return source === undefined ? [] : [source.replaceAll('&amp;', '&')];
  });
}

/** Where GitHub keeps what people attach: it redirects from its own host to the second. */
const STORED = [
  /^(?:raw|user-images|private-user-images|objects|media)\.githubusercontent\.com$/,
  /^github-production-(?:user|repository)-asset-[0-9a-z]+\.s3\.amazonaws\.com$/,
];

/**
 * Whether an address is of an image that is stored with GitHub. Not `camo`, through which GitHub shows images of other servers: such a
 * server can show people one image and a model another.
 */
export function isStoredWithGitHub(address: string, serverUrl: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  const server = new URL(serverUrl);
  if (host === server.host) return protocol === server.protocol;
  return protocol === 'https:' && STORED.some((pattern) => pattern.test(hostname)) && host === hostname;
}
