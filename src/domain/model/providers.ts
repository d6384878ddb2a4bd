/**
 * The APIs that this version speaks; each has one adapter. A provider that speaks one of them needs no code, only its row below.
 */
export type ProviderApi = 'anthropic-messages' | 'openai-responses' | 'gemini-chat' | 'chat-completions';

interface ProviderRow {
  readonly api: ProviderApi;
  /** The provider's own address. Null: the operator names the server, which may want no key. */
  readonly baseUrl: string | null;
  /** The path that an address of the operator's must end with. Null: it must not end with `/v1`, because the SDK adds it. */
  readonly path: string | null;
  /** What the price library calls the provider. Null: it does not know the provider's prices. */
  readonly priceLibraryId: string | null;
  /** Whether its models take images; a server of the operator's may run a model that refuses a request with one. */
  readonly images: boolean;
}

/**
 * Every provider, by the part of `provider/model-id` before the first slash. The variables that configure one are named after it:
 * `NAME_API_KEY` and `NAME_BASE_URL`.
 */
const ROWS = {
  anthropic: {
    api: 'anthropic-messages',
    baseUrl: 'https://api.anthropic.com',
    path: null,
    priceLibraryId: 'anthropic',
    images: true,
  },
  openai: { api: 'openai-responses', baseUrl: 'https://api.openai.com/v1', path: '/v1', priceLibraryId: 'openai', images: true },
  gemini: {
    api: 'gemini-chat',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    path: '/v1beta/openai',
    priceLibraryId: 'google',
    images: true,
  },
  compatible: { api: 'chat-completions', baseUrl: null, path: '/v1', priceLibraryId: null, images: false },
} as const satisfies Readonly<Record<string, ProviderRow>>;

export type Provider = keyof typeof ROWS;

export const PROVIDERS: Readonly<Record<Provider, ProviderRow>> = ROWS;
export const PROVIDER_NAMES = Object.keys(ROWS) as readonly Provider[];

/** Whether a model, as `provider/model-id`, can be shown images. */
export const takesImages = (model: string): boolean => {
  const provider = model.slice(0, model.indexOf('/'));
  return isProvider(provider) && PROVIDERS[provider].images;
};

export const isProvider = (name: string): name is Provider => Object.hasOwn(PROVIDERS, name);

type Prefix = Uppercase<Provider>;
/** The variables that configure the providers. */
export type ProviderVariable = `${Prefix}_API_KEY` | `${Prefix}_BASE_URL`;

const prefix = (provider: Provider): Prefix => provider.toUpperCase() as Prefix;
export const keyVariable = (provider: Provider): `${Prefix}_API_KEY` => `${prefix(provider)}_API_KEY`;
export const urlVariable = (provider: Provider): `${Prefix}_BASE_URL` => `${prefix(provider)}_BASE_URL`;

/** The variable to set so that a provider can be used. */
export const variableFor = (provider: Provider): ProviderVariable =>
  PROVIDERS[provider].baseUrl === null ? urlVariable(provider) : keyVariable(provider);
