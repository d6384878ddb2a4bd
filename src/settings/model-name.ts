import { PROVIDER_NAMES, type Provider } from '../domain/model/providers.ts';

// A model id may itself hold slashes and colons: compatible/meta-llama/llama-3:free.
export const MODEL_NAME = new RegExp(`^(?:${PROVIDER_NAMES.join('|')})/[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}$`);
const MODEL_PATTERN = /^[A-Za-z0-9*][A-Za-z0-9._:/@*-]{0,199}$/;

export const isModelName = (text: string): boolean => MODEL_NAME.test(text);
export const isModelPattern = (text: string): boolean => MODEL_PATTERN.test(text);

/** The provider of a name that `isModelName` accepts. */
export const providerOf = (model: string): Provider => model.slice(0, model.indexOf('/')) as Provider;

/** `*` stands for any characters, slashes included, so that `compatible/*` covers ids with a vendor in front. */
export function matchesModelPattern(model: string, pattern: string): boolean {
  const parts = pattern.split('*');
  const [first = ''] = parts;
  if (parts.length === 1) return model === pattern;
  const last = parts[parts.length - 1] as string;
  if (!model.startsWith(first) || !model.endsWith(last) || model.length < first.length + last.length) return false;
  // Leftmost match of each middle part is enough, and keeps a pattern of many stars linear where a regular expression is not.
  let from = first.length;
  const end = model.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = model.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
