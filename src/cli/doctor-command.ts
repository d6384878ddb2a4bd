import { Command } from 'commander';
import { type End, EXIT } from './exit-codes.ts';

export const doctorCommand = (end: End): Command =>
  new Command('doctor')
    .description('say what is right and wrong with this set-up, and how to fix it')
    .option('--json', 'print [{"name", "status", "detail", "fix"}] for programs')
    .addHelpText(
      'after',
      '\nIt changes nothing and costs nothing: models are looked up, not called. Exit code 1 when a check failed; warnings do not count.',
    )
    .action(async ({ json = false }: { json?: boolean }) => {
      const [{ collectChecks }, { reportText }] = await Promise.all([
        import('./collect-checks.ts'),
        import('../doctor/report.ts'),
      ]);
      const checks = await collectChecks(process.env);
      console.log(json ? JSON.stringify(checks, null, 2) : reportText(checks));
      end(checks.some(({ status }) => status === 'fail') ? EXIT.problem : EXIT.ok);
    });
