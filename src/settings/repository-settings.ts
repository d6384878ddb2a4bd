import { variableFor } from '../domain/model/providers.ts';
import { failure, type Outcome, success } from '../domain/outcome.ts';
import { providerOf } from './model-name.ts';
import { isAllowedModel, type OperatorModels } from './operator-models.ts';
import { quoted, type SettingsFinding } from './settings-finding.ts';
import { describeIssue } from './settings-issue.ts';
import { settingsSchema, type WrittenSettings } from './settings-schema.ts';
import { type Position, readYaml } from './yaml-mapping.ts';

export type { SettingsFinding } from './settings-finding.ts';

type Chosen<M> = Omit<M, 'model'> & { readonly model: string };

/** The effective settings of one repository: its file, the defaults, and the operator's models where it chose none. */
export interface Settings extends Omit<WrittenSettings, 'models'> {
  readonly models: {
    readonly planner: Chosen<WrittenSettings['models']['planner']>;
    readonly executor: Chosen<WrittenSettings['models']['executor']>;
  };
}

/** No one reads more findings than this, and a comment has no room for more. */
const FINDINGS_MAX = 50;

/**
 * Reads the settings file strictly; an empty file means the defaults. Never throws, whatever the text; findings are in line order.
 */
export function parseSettings(text: string, operator: OperatorModels): Outcome<Settings, SettingsFinding[]> {
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const parsed = settingsSchema.safeParse(yaml.value.content);
  const findings = parsed.success
    ? [...modelFindings(parsed.data, operator, yaml.value.lineOf), ...contradictions(parsed.data, yaml.value.lineOf)]
    : parsed.error.issues.flatMap((issue) => describeIssue(issue, yaml.value));
  if (!parsed.success || findings.length > 0) return failure(findings.sort((a, b) => a.line - b.line).slice(0, FINDINGS_MAX));
  return success(resolve(parsed.data, operator));
}

/** The settings where neither the repository nor its owner has a file. */
export const defaultSettings = (operator: OperatorModels): Settings => resolve(settingsSchema.parse({}), operator);

function resolve({ models: { planner, executor }, ...rest }: WrittenSettings, operator: OperatorModels): Settings {
  const models = {
    planner: { ...planner, model: planner.model ?? operator.planner },
    executor: { ...executor, model: executor.model ?? operator.executor },
  };
  return { ...rest, models };
}

/** Settings that are valid one by one but contradict each other, or what the bot promises. The JSON Schema cannot express this. */
function contradictions(
  { trigger, branches, pull_requests, commits }: WrittenSettings,
  lineOf: (at: Position) => number,
): SettingsFinding[] {
  const closing = (
    [
      [['pull_requests', 'title'], pull_requests.title],
      [['commits', 'message'], commits.message],
    ] as const
  ).flatMap(([at, pattern]) =>
    CLOSES.test(pattern.replaceAll('{type}', 'fix'))
      ? [
          {
            line: lineOf(at),
            message: `${quoted(at.join('.'))} would close the issue with the first component that is merged, as well as in a squash. Write ${quoted('Refs #{issue}')}; Planwright closes the issue when everything is merged.`,
          },
        ]
      : [],
  );
  const triggers = new Set(trigger.labels.map((label) => label.toLowerCase()));
  const ignored = trigger.ignore_labels.flatMap((label, i) =>
    triggers.has(label.toLowerCase())
      ? [
          {
            line: lineOf(['trigger', 'ignore_labels', i]),
            message: `${quoted(label)} is in \`trigger.labels\` as well as in \`trigger.ignore_labels\`, which wins: it would start nothing. Remove it from one of them.`,
          },
        ]
      : [],
  );
  const { prefix, base } = branches;
  const isInTheWay = base !== null && (prefix.startsWith(`${base}/`) || base.startsWith(`${prefix}issue-`));
  const blocked = isInTheWay
    ? [
        {
          line: lineOf(['branches', 'base']),
          message: `${quoted('branches.base')} as well as ${quoted('branches.prefix')}: git cannot have both, because one is a folder of the other. Change one of them.`,
        },
      ]
    : [];
  return [...closing, ...blocked, ...ignored];
}

/** GitHub's closing keywords in front of the issue, however it is written; a commit's type may be one. */
const CLOSES = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+\S*\{issue\}/i;

function modelFindings(settings: WrittenSettings, operator: OperatorModels, lineOf: (at: Position) => number): SettingsFinding[] {
  const chosen = (['planner', 'executor'] as const).flatMap((role) => {
    const { model, fallback } = settings.models[role];
    const named = model === undefined ? [] : [{ model, at: ['models', role, 'model'] as Position }];
    return [...named, ...fallback.map((model, i) => ({ model, at: ['models', role, 'fallback', i] as Position }))];
  });
  const choice = [...new Set([operator.planner, operator.executor, ...(operator.allowed ?? [])])];
  return chosen.flatMap(({ model, at }) => {
    const found = (message: string) => [{ line: lineOf(at), message: `\`${at.join('.')}\`: ${message}` }];
    if (!isAllowedModel(model, operator)) {
      return found(
        `the operator of this Planwright does not allow \`${model}\`; choose from ${choice.map((c) => `\`${c}\``).join(', ')}.`,
      );
    }
    const provider = providerOf(model);
    if (operator.providers.includes(provider)) return [];
    return found(
      `this Planwright has no access to ${provider}; choose a model of ${operator.providers.join(' or ')}, or have its operator set \`${variableFor(provider)}\`.`,
    );
  });
}
