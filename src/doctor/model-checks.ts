import { keyVariable, PROVIDER_NAMES, type Provider, variableFor } from '../domain/model/providers.ts';
import { isWeakPlanner } from '../domain/model/weak-planner.ts';
import type { ModelStanding } from '../ports/model.ts';
import type { PriceOf } from '../ports/prices.ts';
import type { Environment } from '../settings/environment/environment.ts';
import { providerOf } from '../settings/model-name.ts';
import { type Check, fail, ok, warn } from './check.ts';

export interface ModelInspection {
  /** Looks a model up at its provider, which costs nothing. */
  readonly knows: (model: string) => Promise<ModelStanding>;
  readonly priceOf: PriceOf;
  /** Warnings about the prices of these models; empty when all are known. */
  readonly priceWarnings: (models: readonly string[]) => string[];
}

export async function modelChecks(env: Environment, { knows, priceOf, priceWarnings }: ModelInspection): Promise<Check[]> {
  const { planner, executor } = env.models;
  const models = [...new Set([planner, executor])];
  const used = new Set(models.map(providerOf));
  const others = PROVIDER_NAMES.filter((provider) => env.providers[provider] !== null && !used.has(provider));
  const asked = await Promise.all([
    ...models.map(async (model) => modelCheck(model, rolesOf(model, env), await knows(model))),
    // Any model name works: a provider checks the key before it looks the model up.
    ...others.map(async (provider) => keyCheck(provider, await knows(`${provider}/any`))),
  ]);
  return [...asked, priceCheck(priceWarnings(models)), ...strengthCheck(env, priceOf)];
}

const rolesOf = (model: string, { models: { planner, executor } }: Environment): string =>
  [...(model === planner ? ['planner'] : []), ...(model === executor ? ['executor'] : [])].join(' and ');

function modelCheck(model: string, roles: string, standing: ModelStanding): Check {
  const name = `${roles}: ${model}`;
  const provider = providerOf(model);
  switch (standing) {
    case 'exists':
      return ok(name, `${provider} offers it and accepts the key`);
    case 'missing':
      return fail(name, `The provider does not know ${model}.`, 'Set PLANNER_MODEL or EXECUTOR_MODEL to a model it offers.');
    case 'refused':
      return fail(name, `${provider} refused the key.`, refusedFix(provider));
    case 'unknown':
      return warn(name, `${provider} did not say whether it offers it.`, unknownFix(provider));
  }
}

function keyCheck(provider: Provider, standing: ModelStanding): Check {
  const name = `provider ${provider}`;
  if (standing === 'refused') return fail(name, `${provider} refused the key.`, refusedFix(provider));
  return standing === 'unknown'
    ? warn(name, `${provider} did not answer as expected.`, unknownFix(provider))
    : ok(name, 'accepts the key');
}

const refusedFix = (provider: Provider): string => `Set ${keyVariable(provider)} to a key that works, or remove it.`;
const unknownFix = (provider: Provider): string =>
  `Check that ${variableFor(provider)} is right and that this machine reaches the provider (HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS).`;

function priceCheck(warnings: readonly string[]): Check {
  if (warnings.length === 0) return ok('prices', 'known');
  return warn('prices', `${warnings.join('. ')}.`, 'Check them; PRICES_FILE overrides the shipped ones.');
}

function strengthCheck({ models }: Environment, priceOf: PriceOf): Check[] {
  if (!isWeakPlanner(models, priceOf)) return [];
  const detail = `The planner ${models.planner} is cheaper than the executor ${models.executor}; usually it is the other way round.`;
  return [warn('choice of models', detail, 'Check PLANNER_MODEL and EXECUTOR_MODEL.')];
}
