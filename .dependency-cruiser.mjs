// Who may import whom, checked by `npm run imports`.
// Parsed by swc, because TypeScript 7 has no programming interface for dependency-cruiser to use.

/** From top to bottom: what stands higher may import what stands lower, never the other way around. */
const FLOORS = [
  ['start'],
  ['cli'],
  ['main'],
  ['inspect'],
  ['doctor'],
  ['http'],
  ['dashboard'],
  ['webhooks'],
  ['workflows'],
  ['task'],
  ['publishing'],
  ['planner', 'executor', 'reviewer'],
  ['agent'],
  ['replies'],
  ['plan-file'],
  ['settings'],
  ['ports'],
  ['domain'],
  ['text'],
];

/**
 * The shelves of a floor, and which other shelves or files of the same floor each may import. A file that stands directly on the floor
 * may import all of its shelves.
 */
const SHELVES = {
  dashboard: {
    access: [],
    html: [],
    pages: ['html', 'recent-problems'],
    export: ['pages'],
  },
  workflows: {
    engine: [],
    shared: ['engine'],
    task: ['engine', 'shared', 'planning'],
    planning: ['engine', 'shared'],
    component: ['engine', 'shared'],
    repository: ['engine', 'shared'],
    try: ['engine', 'shared'],
  },
  task: {
    model: [],
    'own-checks': ['model'],
    planning: ['model', 'own-checks'],
    ci: ['model'],
    components: ['model', 'ci', 'planning', 'own-checks'],
    commands: ['model', 'planning'],
  },
  domain: {
    model: ['json'],
    plan: ['json', 'outcome'],
    task: ['repository', 'plan', 'model'],
    change: ['plan'],
  },
  replies: { phrases: [], comments: ['phrases'], checks: ['phrases'], pages: ['phrases'] },
  agent: { files: [], budget: [], tools: ['tool', 'files'] },
  executor: { edit: [], briefs: [], tools: ['edit'] },
  planner: { context: [], tools: ['soundness', 'text-soundness'] },
  settings: { environment: ['model-name', 'operator-models'] },
  text: { redaction: [], visibility: ['block-text', 'invisible-characters', 'markdown-blocks', 'markdown-code'] },
};

/** A room is a folder of src or a file at its top. */
const rooms = (names) => `^src/(${names.join('|')})(/|[.]ts$)`;
/** Wherever a package's files end up after resolution, or its bare name where it could not be resolved. */
const packages = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`;

const downward = FLOORS.slice(1).map((floor, index) => ({
  name: `${floor.join('-')}-looks-up`,
  comment: 'Imports point down the list of floors.',
  severity: 'error',
  from: { path: rooms(floor) },
  to: { path: rooms(FLOORS.slice(0, index + 1).flat()) },
}));

/** One rule per shelf: it imports nothing else of its own floor than its row names. */
const shelfRules = Object.entries(SHELVES).flatMap(([floor, shelves]) =>
  Object.entries(shelves).map(([shelf, allowed]) => ({
    name: `${floor}-${shelf}-stays-on-its-shelf`,
    comment: 'Inside a floor a shelf imports only the shelves that SHELVES names for it.',
    severity: 'error',
    from: { path: `^src/${floor}/${shelf}/` },
    to: { path: `^src/${floor}/`, pathNot: `^src/${floor}/(${[shelf, ...allowed].join('|')})(/|[.]ts$)` },
  })),
);

/** Packages that only the rooms named may know, so that they can be replaced there and nowhere else. */
const kept = ({ name, comment, of, only }) => ({
  name,
  comment,
  severity: 'error',
  from: { path: '^src/', pathNot: only },
  to: { path: of },
});

export default {
  forbidden: [
    ...downward,
    ...shelfRules,
    {
      name: 'roles-apart',
      comment: 'The planner, the executor, the reviewer and publishing never import each other.',
      severity: 'error',
      from: { path: '^src/(planner|executor|reviewer|publishing)/' },
      to: { path: '^src/(planner|executor|reviewer|publishing)/', pathNot: '^src/$1/' },
    },
    {
      name: 'adapters-know-ports',
      comment: 'An adapter knows the ports, the domain, text and its own folder.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/', pathNot: '^src/(ports|domain|text|adapters/$1)/' },
    },
    {
      name: 'only-main-knows-adapters',
      comment: 'main.ts and the commands put the house together; everything else knows ports.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main[.]ts$|inspect[.]ts$|cli/|adapters/)' },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'every-file-has-a-floor',
      comment: 'A new folder or file at the top of src must be placed in FLOORS, or no rule holds it.',
      severity: 'error',
      from: { path: '^src/', pathNot: `${rooms(FLOORS.flat())}|^src/adapters/` },
      to: {},
    },
    {
      name: 'src-stands-alone',
      comment: 'The product knows nothing of its tests, its demo, its measurements and its scripts.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|demo|bench|scripts)/' },
    },
    {
      name: 'no-cycle',
      comment: 'Also not by way of types: two files that know each other are one.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-cycle-at-run-time',
      comment: 'In tests and the demo types may go in circles.',
      severity: 'error',
      from: { pathNot: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphan',
      comment: 'What start.ts does not reach does not run.',
      severity: 'error',
      from: { path: '^src/start[.]ts$' },
      // Browsers run it.
      to: { path: '^src/', pathNot: '^src/dashboard/assets/', reachable: false },
    },
    {
      name: 'no-unknown-import',
      comment: 'Not found, or not in package.json.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined', 'deprecated'] },
    },
    {
      name: 'image-has-it',
      comment: 'The image is built without development dependencies; types are gone by then.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    kept({
      name: 'engine-stays-in-workflows',
      comment: 'Workflows are the only users of the engine, and the store starts it.',
      of: packages('@dbos-inc/dbos-sdk'),
      only: '^src/(workflows|adapters/store)/',
    }),
    kept({
      name: 'database-stays-in-the-store',
      comment: 'GitHub holds the truth: nobody else keeps anything.',
      of: `${packages('pg', '@electric-sql/pglite')}|^(node:)?sqlite$`,
      only: '^src/adapters/store/',
    }),
    kept({
      name: 'models-stay-in-their-adapter',
      comment: "Behind adapters/models nobody sees a provider's message.",
      of: packages('@anthropic-ai/sdk', 'openai'),
      only: '^src/adapters/models/',
    }),
    kept({
      name: 'traces-stay-in-one-file',
      comment: 'OpenTelemetry takes a tenth of a second to load.',
      of: packages('@opentelemetry/[^/]+'),
      only: '^src/adapters/telemetry/traces[.]ts$',
    }),
    {
      name: 'traces-are-loaded-on-demand',
      comment: 'Only where an operator wants traces: it would slow every start.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/adapters/telemetry/traces[.]ts$', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    kept({
      name: 'github-stays-at-the-doors',
      comment: 'Payloads come in by the server and the webhooks; calls go out by adapters/github.',
      of: packages('probot', '@octokit/[^/]+'),
      only: '^src/(adapters/github/|webhooks/|http/)',
    }),
    kept({
      name: 'one-place-starts-processes',
      comment: 'git, with an environment made for it, and the editor of the person at the terminal: nothing else is run.',
      of: '^(node:)?child_process$',
      only: '^src/adapters/(git|editor)/',
    }),
  ],
  options: {
    parser: 'swc',
    // The repository that the demo's story is about, and what the demo's model writes into it.
    exclude: { path: '^demo/(repository|written)/' },
    doNotFollow: { path: 'node_modules' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.d.ts', '.json'],
    },
  },
};
