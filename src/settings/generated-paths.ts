import { globMatcher } from '../domain/change/glob.ts';
import type { Settings } from './repository-settings.ts';

/** `execution.generated_paths` where a workflow generates something; it may name none. */
const generatedGlobs = ({ execution }: Pick<Settings, 'execution'>): readonly string[] =>
  execution.workflow ? execution.generated_paths : [];

/** What may change on a component's branch besides the files of its plan, in one list: by its executor, or by the workflow's patch. */
export const writablePathsOf = (settings: Pick<Settings, 'execution'>): readonly string[] => [
  ...settings.execution.extra_paths,
  ...generatedGlobs(settings),
];

/** Whether the workflow generates a file, so that it can be generated again. */
export function isGenerated(settings: Pick<Settings, 'execution'>): (path: string) => boolean {
  const matchers = generatedGlobs(settings).map((glob) => globMatcher(glob));
  return (path) => matchers.some((matches) => matches(path));
}
