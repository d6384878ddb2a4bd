// Jest runs this once before the first scenario, in its own process and as Node itself loads modules.
import { makeTemplate } from './database-template.ts';

export default async () => {
  if (!process.env.TEST_POSTGRES) await makeTemplate();
};
