import type { Provider } from './model-name.ts';

/** How to reach one provider. */
interface ProviderSettings {
  /** Null only for `compatible`: local servers often want none. */
  readonly apiKey: string | null;
  /** Without a slash at the end; null: the provider's own. Never null for `compatible`. */
  readonly baseUrl: string | null;
}

/** Null: not configured. */
export type Providers = Readonly<Record<Provider, ProviderSettings | null>>;

/** The provider variables, each already trimmed, checked as a URL where it is one, and null when unset. */
export interface ProviderVariables {
  readonly ANTHROPIC_API_KEY: string | null;
  readonly ANTHROPIC_BASE_URL: string | null;
  readonly OPENAI_API_KEY: string | null;
  readonly OPENAI_BASE_URL: string | null;
  readonly GEMINI_API_KEY: string | null;
  readonly GEMINI_BASE_URL: string | null;
  readonly COMPATIBLE_API_KEY: string | null;
  readonly COMPATIBLE_BASE_URL: string | null;
}

export function readProviders(variables: ProviderVariables): { providers: Providers; problems: string[] } {
  const keyed = (apiKey: string | null, baseUrl: string | null): ProviderSettings | null => (apiKey ? { apiKey, baseUrl } : null);
  const v = variables;
  const providers: Providers = {
    anthropic: keyed(v.ANTHROPIC_API_KEY, v.ANTHROPIC_BASE_URL),
    openai: keyed(v.OPENAI_API_KEY, v.OPENAI_BASE_URL),
    gemini: keyed(v.GEMINI_API_KEY, v.GEMINI_BASE_URL),
    compatible: v.COMPATIBLE_BASE_URL ? { apiKey: v.COMPATIBLE_API_KEY, baseUrl: v.COMPATIBLE_BASE_URL } : null,
  };
  return { providers, problems: [...keyProblems(v), ...pathProblems(v)] };
}

/** What to set so that a provider can be used. */
export const variableFor = (provider: Provider): string =>
  provider === 'compatible' ? 'COMPATIBLE_BASE_URL' : `${provider.toUpperCase()}_API_KEY`;

function keyProblems(v: ProviderVariables): string[] {
  const problems: string[] = [];
  for (const name of ['ANTHROPIC', 'OPENAI', 'GEMINI'] as const) {
    if (v[`${name}_BASE_URL`] && !v[`${name}_API_KEY`]) {
      problems.push(`${name}_BASE_URL is set but ${name}_API_KEY is not: set the key too, or remove the URL.`);
    }
  }
  if (v.COMPATIBLE_API_KEY && !v.COMPATIBLE_BASE_URL) {
    problems.push('COMPATIBLE_API_KEY is set but COMPATIBLE_BASE_URL is not: set the address of the server, with its /v1.');
  }
  if (!v.ANTHROPIC_API_KEY && !v.OPENAI_API_KEY && !v.GEMINI_API_KEY && !v.COMPATIBLE_BASE_URL && !v.COMPATIBLE_API_KEY) {
    problems.push(
      'No model provider is configured: set at least one of ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY, COMPATIBLE_BASE_URL.',
    );
  }
  return problems;
}

// The SDKs disagree about who writes the /v1: Anthropic's adds it, OpenAI's does not. Either mistake is a 404 at the first turn.
function pathProblems(v: ProviderVariables): string[] {
  const problems: string[] = [];
  if (v.ANTHROPIC_BASE_URL?.endsWith('/v1')) {
    problems.push('ANTHROPIC_BASE_URL must be given without /v1: it is added to every request.');
  }
  const withPath = [
    ['OPENAI_BASE_URL', '/v1'],
    ['GEMINI_BASE_URL', '/v1beta/openai'],
    ['COMPATIBLE_BASE_URL', '/v1'],
  ] as const;
  for (const [name, path] of withPath) {
    const url = v[name];
    if (url && new URL(url).pathname === '/') problems.push(`${name} needs the path of the API at its end, usually ${path}.`);
  }
  return problems;
}
