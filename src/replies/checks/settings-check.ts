import type { Annotation, CheckReport } from '../../ports/forge/checks.ts';
import { inlineCode } from '../../text/sanitize-markdown.ts';

export const SETTINGS_CHECK = 'planwright / settings';

/** On a pull request that changes the settings file; findings name their 1-based lines. */
export const settingsFit = (path: string): CheckReport => ({
  name: SETTINGS_CHECK,
  externalId: 'settings',
  conclusion: 'success',
  title: `${path} can be used`,
  summary: `Every key and value in ${inlineCode(path)} is valid. The settings take effect once they are on the default branch.`,
  annotations: [],
});

export const settingsGone = (path: string): CheckReport => ({
  name: SETTINGS_CHECK,
  externalId: 'settings',
  conclusion: 'success',
  title: `${path} is removed`,
  summary: `Without ${inlineCode(path)} the same file in the owner's \`.github\` repository is used, and the defaults if there is none.`,
  annotations: [],
});

export const settingsBad = (
  path: string,
  findings: readonly { readonly line: number; readonly message: string }[],
): CheckReport => ({
  name: SETTINGS_CHECK,
  externalId: 'settings',
  conclusion: 'failure',
  title: `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} in ${path}`,
  summary: [
    `${inlineCode(path)} cannot be used as it is. On the default branch it would pause all work until it is fixed:`,
    '',
    ...findings.map((f) => `- line ${f.line}: ${f.message}`),
  ].join('\n'),
  annotations: findings.map((f): Annotation => ({ path, line: f.line, level: 'failure', message: f.message })),
});
