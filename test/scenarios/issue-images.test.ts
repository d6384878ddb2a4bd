import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type SeenRequest, saidTo } from '../support/models/seen-request.ts';
import { lookingAndSubmitting, PLAINLY } from '../support/scenes.ts';
import { aComponent, aPlan, SHOP_FILES } from '../support/shop.ts';
import { type Stage, sharedStage } from '../support/stage.ts';
import { openIssue, scriptPlanner } from '../support/task-page.ts';

/** One transparent pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const GIF = Buffer.from('R0lGODlhAQABAAAAACw=', 'base64');
const urlOf = (type: string, bytes: Buffer): string => `data:image/${type};base64,${bytes.toString('base64')}`;

let stage: Stage;
let shops = 0;

beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage?.close());

/** The requests of the planner for an issue with this text. */
async function planned(body: string, settings = PLAINLY): Promise<readonly SeenRequest[]> {
  shops += 1;
  const { github, models } = stage;
  const repository = await github.addRepository({
    owner: 'olga',
    name: `pictures-${shops}`,
    files: { ...SHOP_FILES, '.github/planwright.yml': settings },
    collaborators: { wanda: 'write' },
  });
  const title = `Limit the orders of ${repository.name}`;
  const { requests } = scriptPlanner(models, title, lookingAndSubmitting(aPlan([aComponent('limiter')], { title })));
  const page = await openIssue({ github, repository, title, body, by: 'olga' });
  await page.label('wanda', 'plan');
  await page.statusIs('review');
  return requests;
}

const imagesOf = (request: SeenRequest | undefined): readonly string[] =>
  request?.messages.flatMap((message) => (message.role === 'user' ? (message.images ?? []) : [])) ?? [];

it.concurrent('images that are attached to an issue reach the planner, in their order and in each of its turns', async () => {
  const [png, gif] = [stage.github.attach({ bytes: PNG }), stage.github.attach({ bytes: GIF })];
  const requests = await planned(`It should look like this:\n\n![before](${png})\n\nand then\n\n![after](${gif})`);
  for (const request of requests) expect(imagesOf(request)).toEqual([urlOf('png', PNG), urlOf('gif', GIF)]);
  expect(requests).toHaveLength(2);
  expect(saidTo(requests[0] as SeenRequest)).toContain('2 images in it come with this message');
  expect(saidTo(requests[0] as SeenRequest)).not.toContain('not shown to you');
});

it.concurrent('what is huge, elsewhere or no image is not read, and the planner is told', async () => {
  const { github } = stage;
  const elsewhere = github.url.replace('127.0.0.1', 'localhost');
  const seen = github.attach({ bytes: PNG });
  const hidden = `${elsewhere}/asset-storage/never`;
  const bodies = [
    github.attach({ bytes: Buffer.concat([PNG, Buffer.alloc(40_000_000)]) }),
    github.attach({ redirect: hidden }),
    github.attach({ redirect: 'http://169.254.169.254/latest/meta-data' }),
    github.attach({ redirect: `${github.url}/user-attachments/assets/round-and-round` }),
    github.attach({ bytes: Buffer.from('<html>Not an image</html>') }),
    'https://evil.example/x.png',
    hidden,
  ];
  const requests = await planned([...bodies, seen].map((address) => `![x](${address})`).join('\n'));
  expect(imagesOf(requests[0])).toEqual([urlOf('png', PNG)]);
  const said = saidTo(requests[0] as SeenRequest);
  expect(said).toContain('An image in it comes with this message');
  expect(said).toContain(
    '7 images in it are not shown to you (it is too large; it is on another server than GitHub; GitHub answered 404; it is no image that models take). If what to build hangs on that, ask.',
  );
  expect(github.requests.filter((r) => r.path.includes('/asset-storage/never'))).toEqual([]);
  // Neither GitHub's storage nor anyone else is shown a token.
  const stored = github.requests.filter((r) => r.path.includes('/asset-storage/') || r.path.includes('/user-attachments/'));
  expect(new Set(stored.map((r) => r.by.kind))).toEqual(new Set(['anonymous']));
});

it.concurrent('a model that takes no images is told that there was one', async () => {
  const settings = `models: { planner: { model: compatible/local } }\nbudget: { usd_per_task: null }\n${PLAINLY}`;
  const requests = await planned(`![x](${stage.github.attach({ bytes: PNG })})`, settings);
  expect(imagesOf(requests[0])).toEqual([]);
  expect(saidTo(requests[0] as SeenRequest)).toContain(
    'An image in it is not shown to you (your model takes none). If what to build hangs on that, ask.',
  );
});
