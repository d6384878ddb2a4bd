// Pages of a list, as GraphQL has them.
import type { GraphqlObject } from './graphql.ts';
import type { Json } from './world.ts';

/** A connection over all of it: `first`, `last` and `after` are honoured, cursors are positions. */
export function connection<T>(typename: string, items: readonly T[], toNode: (item: T) => GraphqlObject) {
  return ({ first, last, after }: Json = {}): GraphqlObject => {
    const start = typeof after === 'string' ? Number(Buffer.from(after, 'base64').toString()) + 1 : 0;
    const end = typeof first === 'number' ? Math.min(items.length, start + first) : items.length;
    const from = typeof last === 'number' ? Math.max(start, end - last) : start;
    const nodes = items.slice(from, end).map(toNode);
    const cursor = (position: number) => Buffer.from(String(position)).toString('base64');
    return {
      __typename: typename,
      totalCount: items.length,
      nodes,
      edges: nodes.map((node, index) => ({ __typename: `${typename}Edge`, node, cursor: cursor(from + index) })),
      pageInfo: {
        __typename: 'PageInfo',
        hasNextPage: end < items.length,
        hasPreviousPage: from > 0,
        startCursor: cursor(from),
        endCursor: nodes.length ? cursor(end - 1) : null,
      },
    };
  };
}
