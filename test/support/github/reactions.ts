// Reactions on issues, pull requests, comments and review comments.
import type { Table } from './emulate.ts';
import { type Call, invalid, notFound, page, repositoryRoute } from './routes.ts';
import type { Row } from './rows.ts';
import { type Json, userJson, type World } from './world.ts';

const CONTENTS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'];

interface Reaction {
  id: number;
  on: string;
  login: string;
  content: string;
  json: Json;
}

export function reactionRoutes(world: World): void {
  const reactions: Reaction[] = [];
  let last = world.firstId + 900_000;

  function recount(url: string): void {
    const counts = Object.fromEntries(
      CONTENTS.map((content) => [content, reactions.filter((one) => one.on === url && one.content === content).length]),
    );
    world.links.reactions.set(url, counts);
  }

  function add(path: string, exists: (call: Call) => boolean): void {
    const urlOf = (call: Call) => {
      if (!exists(call)) throw notFound();
      return `${world.url}/repos/${call.repo.full_name}${path.replace(':id', call.param('id'))}`;
    };

    repositoryRoute(world, 'POST', `${path}/reactions`, (call) => {
      const on = urlOf(call);
      const content = call.text('content') ?? '';
      if (!CONTENTS.includes(content)) throw invalid('Reaction', 'invalid', 'content');
      if (!call.actor) throw notFound();
      const { login } = call.actor;
      const given = reactions.find((one) => one.on === on && one.login === login && one.content === content);
      if (given) return { json: given.json };
      last += 1;
      const json = {
        id: last,
        node_id: `REA_${last}`,
        user: userJson(world, call.actor),
        content,
        created_at: new Date().toISOString(),
      };
      reactions.push({ id: last, on, login, content, json });
      recount(on);
      return { status: 201, json };
    });

    repositoryRoute(world, 'GET', `${path}/reactions`, (call) => {
      const on = urlOf(call);
      const content = call.query('content');
      return {
        json: page(
          call,
          reactions.filter((one) => one.on === on && (!content || one.content === content)),
        ).map((one) => one.json),
      };
    });

    repositoryRoute(world, 'DELETE', `${path}/reactions/:reaction`, (call) => {
      const on = urlOf(call);
      const index = reactions.findIndex(
        (one) => one.on === on && one.id === call.number('reaction') && one.login === call.actor?.login,
      );
      if (index < 0) throw notFound();
      reactions.splice(index, 1);
      recount(on);
      return { status: 204 };
    });
  }

  const inRepository =
    <R extends Row & { repo_id: number }>(table: Table<R>) =>
    (call: Call) =>
      table.get(call.number('id'))?.repo_id === call.repo.id;
  const comment = inRepository(world.tables.comments);
  add('/issues/comments/:id', comment);
  add('/pulls/comments/:id', comment);
  add('/issues/:id', (call) =>
    world.tables.issues.findBy('repo_id', call.repo.id).some((issue) => issue.number === call.number('id')),
  );
}
