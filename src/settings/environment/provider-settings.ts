import {
  keyVariable,
  PROVIDER_NAMES,
  PROVIDERS,
  type Provider,
  type ProviderVariable,
  urlVariable,
  variableFor,
} from '../../domain/model/providers.ts';

/** How to reach one provider. */
interface ProviderSettings {
  /** Null only where the operator names the server: local servers often want no key. */
  readonly apiKey: string | null;
  /** Without a slash at the end; null: the provider's own. */
  readonly baseUrl: string | null;
}

/** Null: not configured. */
export type Providers = Readonly<Record<Provider, ProviderSettings | null>>;

/** The provider variables, each already trimmed, checked as a URL where it is one, and null when unset. */
export type ProviderVariables = Readonly<Record<ProviderVariable, string | null>>;

export const PROVIDER_VARIABLES = {
  keys: PROVIDER_NAMES.map(keyVariable),
  urls: PROVIDER_NAMES.map(urlVariable),
};

export function readProviders(variables: ProviderVariables): { providers: Providers; problems: string[] } {
  const settingsOf = (provider: Provider): ProviderSettings | null =>
    variables[variableFor(provider)] === null
      ? null
      : { apiKey: variables[keyVariable(provider)], baseUrl: variables[urlVariable(provider)] };
  return {
    providers: Object.fromEntries(PROVIDER_NAMES.map((provider) => [provider, settingsOf(provider)])) as Providers,
    problems: [
      ...PROVIDER_NAMES.flatMap((provider) => incompleteProblem(provider, variables)),
      ...missingProblem(variables),
      ...PROVIDER_NAMES.flatMap((provider) => pathProblem(provider, variables)),
    ],
  };
}

function incompleteProblem(provider: Provider, variables: ProviderVariables): string[] {
  const [key, url] = [keyVariable(provider), urlVariable(provider)];
  const { baseUrl, path } = PROVIDERS[provider];
  if (baseUrl !== null && variables[url] !== null && variables[key] === null) {
    return [`${url} is set but ${key} is not: set the key too, or remove the URL.`];
  }
  if (baseUrl === null && variables[key] !== null && variables[url] === null) {
    return [`${key} is set but ${url} is not: set the address of the server, with its ${path}.`];
  }
  return [];
}

/** A provider that is only half configured is reported as that instead. */
function missingProblem(variables: ProviderVariables): string[] {
  if (PROVIDER_NAMES.some((provider) => variables[variableFor(provider)] !== null || variables[keyVariable(provider)] !== null)) {
    return [];
  }
  return [`No model provider is configured: set at least one of ${PROVIDER_NAMES.map(variableFor).join(', ')}.`];
}

// The SDKs disagree about who writes the /v1: Anthropic's adds it, OpenAI's does not. Either mistake is a 404 at the first turn.
function pathProblem(provider: Provider, variables: ProviderVariables): string[] {
  const name = urlVariable(provider);
  const url = variables[name];
  const { path } = PROVIDERS[provider];
  if (url === null) return [];
  if (path === null) {
    return url.endsWith('/v1') ? [`${name} must be given without /v1: it is added to every request.`] : [];
  }
  return new URL(url).pathname === '/' ? [`${name} needs the path of the API at its end, usually ${path}.`] : [];
}
