import { Command } from 'commander';
import { OTHER_PATH, SETTINGS_PATH } from '../settings/settings-file.ts';
import type { End } from './exit-codes.ts';

export const validateCommand = (end: End): Command =>
  new Command('validate')
    .description('check a settings file as the check `planwright / settings` does')
    .argument('[FILE]', `the file; without one ${SETTINGS_PATH} or ${OTHER_PATH}`)
    .option('--json', 'print {"file", "findings": [{"line", "message"}]} for programs')
    .addHelpText(
      'after',
      '\nModels are checked against ALLOWED_MODELS and the providers only where the whole environment of Planwright is set.',
    )
    .action(async (file: string | undefined, { json = false }: { json?: boolean }) => {
      const { validateFile } = await import('./validate-file.ts');
      end(validateFile(file, json));
    });
