const MAX_BODY_BYTES = 4096;

/** The request handler: `POST /links` makes a short link, `GET /SLUG` follows one. */
export function createApp({ links, baseUrl }) {
  return async function app(request, response) {
    const { pathname } = new URL(request.url, 'http://hop');
    if (request.method === 'POST' && pathname === '/links') return addLink(request, response);
    if (request.method === 'GET') return follow(pathname.slice(1), response);
    return send(response, 404, { error: 'not_found' });
  };

  async function addLink(request, response) {
    const body = await read(request);
    if (body === null) return send(response, 413, { error: 'too_large' });
    const target = targetIn(body);
    if (target === null) return send(response, 400, { error: 'bad_target' });
    const slug = links.add(target);
    return send(response, 201, { slug, url: `${baseUrl}/${slug}` });
  }

  function follow(slug, response) {
    const target = links.find(slug);
    if (target === undefined) return send(response, 404, { error: 'not_found' });
    return send(response, 302, null, { location: target });
  }
}

/** The whole body as text, or null when it is too large. */
async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The web address in a request's body, or null. */
function targetIn(body) {
  try {
    const { target } = JSON.parse(body);
    const { protocol, href } = new URL(target);
    return protocol === 'http:' || protocol === 'https:' ? href : null;
  } catch {
    return null;
  }
}

function send(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === null ? '' : JSON.stringify(body));
}
