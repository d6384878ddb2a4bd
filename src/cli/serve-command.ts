import { Command } from 'commander';
import type { End } from './exit-codes.ts';

export const serveCommand = (end: End): Command =>
  new Command('serve')
    .description('run the App: take webhooks, plan, open pull requests (npm start)')
    .addHelpText('after', '\nOn SIGTERM it finishes the model calls in flight, for up to 65 seconds, and exits with 0.')
    .action(async () => {
      const { run } = await import('../main.ts');
      await run();
      end(null);
    });
