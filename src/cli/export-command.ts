import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type End, EXIT } from './exit-codes.ts';
import type { ExportFormat, HistorySource, TaskName } from './history-source.ts';

interface Options {
  readonly format?: ExportFormat;
  readonly output: string;
}

export const exportCommand = (end: End): Command =>
  new Command('export')
    .description('write everything that is kept of one task: plan, conversations, approvals, costs; redacted')
    .argument('<task>', 'OWNER/REPO#N', taskName)
    .addOption(new Option('--format <format>', 'only one of the two files').choices(['md', 'json']))
    .option('--output <folder>', 'where the files go; - prints one of them', '.')
    .addHelpText(
      'after',
      '\nIt reads the database; where a running server has the embedded one, it asks that server at ADMIN_HOST and ADMIN_PORT.',
    )
    .action(async (task: TaskName, { format, output }: Options) => {
      if (output === '-' && format === undefined) {
        console.error('To print it, choose one: --format md or --format json');
        return end(EXIT.usage);
      }
      const { openHistorySource } = await import('./history-source.ts');
      const source = await openHistorySource(process.env);
      if (!source.ok) {
        console.error(source.reason.join('\n'));
        return end(EXIT.problem);
      }
      const formats: readonly ExportFormat[] = format === undefined ? ['md', 'json'] : [format];
      const written = await write(source.value, task, formats, output);
      await source.value.close();
      end(written ? EXIT.ok : EXIT.problem);
    });

async function write(source: HistorySource, task: TaskName, formats: readonly ExportFormat[], output: string): Promise<boolean> {
  for (const format of formats) {
    const text = await source.exported(task, format);
    if (!text.ok || text.value === null) {
      console.error(text.ok ? `Nothing is kept of ${task.owner}/${task.name}#${task.issue}.` : text.reason);
      return false;
    }
    if (output === '-') {
      process.stdout.write(text.value);
      continue;
    }
    mkdirSync(output, { recursive: true });
    const path = join(output, `${task.owner}-${task.name}-${task.issue}.${format}`);
    // A transcript quotes private code.
    writeFileSync(path, text.value, { mode: 0o600 });
    console.log(path);
  }
  return true;
}

function taskName(text: string): TaskName {
  const [, owner = '', name = '', issue] = /^([\w-]{1,39})\/([\w.-]{1,100})#([1-9]\d{0,9})$/.exec(text) ?? [];
  if (issue === undefined) throw new InvalidArgumentError('It is written OWNER/REPO#N, such as acme/shop#12.');
  return { owner, name, issue: Number(issue) };
}
