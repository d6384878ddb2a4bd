// Images that people attach to issues: stored at an address of GitHub's, which redirects to a signed one, and shown by `body_html`.
import { addRoute, instead, notFound } from './routes.ts';
import { read, type World } from './world.ts';

/** What stands behind an attachment's address. */
export type Attachment =
  | { readonly bytes: Buffer; readonly announced?: number }
  /** where the address leads instead */
  | { readonly redirect: string };

/** What GitHub's Markdown makes of images, and of nothing else. */
const rendered = (body: string): string =>
  body.replace(
    /!\[([^\]]*)\]\(([^)]*)\)/g,
    (_, alt: string, src: string) => `<a href="${src}"><img src="${src}" alt="${alt}" style="max-width: 100%;"></a>`,
  );

/** Returns how to attach something: its address. */
export function imageRoutes(world: World): (attachment: Attachment) => string {
  const attachments: Attachment[] = [];

  instead(world, 'GET', '/issues/:number', async (call) => {
    if (!call.context.req.header('accept')?.includes('full+json')) return undefined;
    const issue = await read(world, call.repo, `/issues/${call.param('number')}`);
    return { json: { ...issue, body_html: rendered(String(issue.body ?? '')), body_text: String(issue.body ?? '') } };
  });

  addRoute(world.emulator.app, 'GET', '/user-attachments/assets/:id', (context) => {
    const attachment = attachments[Number(context.req.param('id'))];
    if (!attachment) throw notFound();
    const location =
      'redirect' in attachment
        ? attachment.redirect
        : `${world.url}/asset-storage/${context.req.param('id')}?sig=of-five-minutes`;
    return context.body(null, 302, { location });
  });

  addRoute(world.emulator.app, 'GET', '/asset-storage/:id', (context) => {
    const attachment = attachments[Number(context.req.param('id'))];
    if (!attachment || 'redirect' in attachment || context.req.header('authorization')) throw notFound();
    const headers = attachment.announced === undefined ? {} : { 'content-length': String(attachment.announced) };
    return context.body(attachment.bytes, 200, { 'content-type': 'application/octet-stream', ...headers });
  });

  return (attachment) => `${world.url}/user-attachments/assets/${attachments.push(attachment) - 1}`;
}
