import { Command, InvalidArgumentError } from 'commander';
import type { End } from './exit-codes.ts';
import type { SetupOptions } from './setup/set-up.ts';

export const setupCommand = (end: End): Command =>
  new Command('setup')
    .description('make the GitHub App in your browser, keep its key and secrets in .env, and check the set-up')
    .option('--port <number>', 'of the page, on 127.0.0.1', portOf, 0)
    .option('--replace', 'replace the App that .env has without asking', false)
    .addHelpText(
      'after',
      `
For GitHub Enterprise Server set GITHUB_SERVER_URL=https://HOST first, for GHE.com https://SUBDOMAIN.ghe.com. The page is on this
machine only; from another one, reach it through the ssh command that is shown.`,
    )
    .action(async (options: SetupOptions) => {
      const { setUp } = await import('./setup/set-up.ts');
      end(await setUp(options));
    });

function portOf(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError('It must be a number up to 65535.');
  return Number(text);
}
