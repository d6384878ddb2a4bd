import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { buildSchema, type GraphQLSchema, NoDeprecatedCustomRule, parse, specifiedRules, validate } from 'graphql';
import * as documents from '../../../src/adapters/github/graphql-documents.ts';

let schema: GraphQLSchema;
beforeAll(() => {
  schema = buildSchema(readFileSync('node_modules/@octokit/graphql-schema/schema.graphql', 'utf8'), { assumeValid: true });
});

const objections = (document: string) =>
  validate(schema, parse(document), [...specifiedRules, NoDeprecatedCustomRule]).map(({ message }) => message);

const { taskQuery, ...constant } = documents;
/** With and without files, branches and pull requests by number. */
const ofTasks = { 'a task': taskQuery(2, 0, 0), 'a task with all there is': taskQuery(2, 3, 4) };

test.each(Object.entries({ ...constant, ...ofTasks }))(
  "%s is valid by GitHub's own schema, and uses nothing deprecated",
  (_, document) => {
    expect(objections(document)).toEqual([]);
  },
);

test('what is deprecated is told', () => {
  expect(objections('query($id: ID!) { node(id: $id) { ... on PullRequestReviewComment { databaseId } } }')).toEqual([
    expect.stringContaining('databaseId is deprecated'),
  ]);
});

test('no other file of the adapter holds a document', () => {
  const folder = 'src/adapters/github';
  const others = (readdirSync(folder, { recursive: true }) as string[])
    .filter((file) => file.endsWith('.ts') && file !== 'graphql-documents.ts')
    .filter((file) => /[`'"]\s*(?:query|mutation)\b[^`'"]*\{/.test(readFileSync(join(folder, file), 'utf8')));
  expect(others).toEqual([]);
});
