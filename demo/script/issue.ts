/** Who takes part: mara owns the repository, jonas may write, rita may only read it. */
export const REPOSITORY = { owner: 'mara', name: 'hop', collaborators: { jonas: 'write', rita: 'read' } } as const;

export const ISSUE = {
  by: 'rita',
  title: 'One client can fill up our links',
  body: `Last Thursday one script made about 40,000 links in ten minutes through \`POST /links\`. Everybody else got slow answers until hop was restarted.

Please limit how fast one client can make links:

- a short burst is fine (people paste a list now and then), a steady stream is not
- following links (\`GET /...\`) must not be limited
- a client that has to wait must be told for how long

We have no API keys, and in production every request comes through one nginx.`,
} as const;

/** What jonas changes in PLAN.md before it is approved: both places where the plan says how large a burst may be. */
export const JONAS_EDITS: readonly (readonly [from: string, to: string])[] = [
  ['`LIMIT_BURST`, 30', '`LIMIT_BURST`, 20'],
  ['The 31st link', 'The 21st link'],
];
