import { failure, type Outcome } from '../domain/outcome.ts';
import { threadFor } from '../text/in-thread.ts';
import type { OperatorModels } from './operator-models.ts';
import { parseSettings, type Settings, type SettingsFinding } from './repository-settings.ts';
import { SETTINGS_WORKER, type SettingsQuestion } from './settings-worker.ts';

export type LoadedSettings = Outcome<Settings, readonly SettingsFinding[]>;

/**
 * Characters. The files that people write are shorter, and the slowest text of this length holds this thread for less time than a thread
 * takes to start.
 */
const INLINE_MAX = 2_500;
const inThread = threadFor<SettingsQuestion, LoadedSettings>({ module: SETTINGS_WORKER, deadlineMs: 15_000 });

/**
 * Reads a settings file, which anyone who can open a pull request may have written. A long one is parsed in a thread of its own, which
 * is stopped after a while.
 */
export const loadSettings = async (text: string, operator: OperatorModels): Promise<LoadedSettings> =>
  text.length <= INLINE_MAX
    ? parseSettings(text, operator)
    : ((await inThread({ text, operator })) ??
      failure([{ line: 1, message: 'It takes too long to read this file. Make it shorter.' }]));
