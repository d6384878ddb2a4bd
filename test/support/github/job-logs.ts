// Logs of GitHub Actions' jobs: asked for at the API, and read at an address of another host that tokens do not belong to.
import { addRoute, notFound, Refusal, repositoryRoute } from './routes.ts';
import type { World } from './world.ts';

/** @param logs by the id of the job, which is that of its check run */
export function jobLogRoutes(world: World, logs: ReadonlyMap<number, string>): void {
  const elsewhere = new URL(world.url);
  elsewhere.hostname = 'localhost';

  repositoryRoute(world, 'GET', '/actions/jobs/:id/logs', (call) => {
    if (!call.holder) throw new Refusal(403, 'Must have admin rights to Repository.');
    if (!logs.has(call.number('id'))) throw notFound();
    return { status: 302, location: `${elsewhere.origin}/job-logs/${call.number('id')}?sig=of-one-minute` };
  });

  addRoute(world.emulator.app, 'GET', '/job-logs/:id', (context) => {
    if (context.req.header('authorization')) throw new Refusal(400, 'Authorization is not allowed here.');
    const log = logs.get(Number(context.req.param('id')));
    if (log === undefined) throw notFound();
    return context.body(log, 200, { 'content-type': 'text/plain; charset=utf-8' });
  });
}
