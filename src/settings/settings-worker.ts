import { answerInThread } from '../text/in-thread.ts';
import type { OperatorModels } from './operator-models.ts';
import { parseSettings } from './repository-settings.ts';

/** The file that a thread runs to parse settings: this one. */
export const SETTINGS_WORKER = new URL(import.meta.url);

export interface SettingsQuestion {
  readonly text: string;
  readonly operator: OperatorModels;
}

answerInThread(SETTINGS_WORKER, ({ text, operator }: SettingsQuestion) => parseSettings(text, operator));
