import { findSecrets } from '../text/redaction/redact-secrets.ts';

/** Why a model's texts cannot be posted: a sentence for each secret in them. `texts` are keyed by the field they came in. */
export async function secretsInAnswer(texts: Readonly<Record<string, string>>): Promise<string[]> {
  const sentences: string[] = [];
  for (const [field, text] of Object.entries(texts)) {
    const rules = new Set(findSecrets(field, text).map(({ rule }) => rule));
    for (const rule of rules) {
      sentences.push(
        `${field} holds what looks like a secret (secretlint's rule ${rule}): leave it out, or name the place instead.`,
      );
    }
  }
  return sentences;
}
