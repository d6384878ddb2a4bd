import { findSecrets } from '../text/redact-secrets.ts';

/** Why a model's words cannot be posted: a sentence for each secret in them. `words` are by the name of the field they came in. */
export async function secretsInAnswer(words: Readonly<Record<string, string>>): Promise<string[]> {
  const sentences: string[] = [];
  for (const [field, text] of Object.entries(words)) {
    const rules = new Set(findSecrets(field, text).map(({ rule }) => rule));
    for (const rule of rules) {
      sentences.push(
        `${field} holds what looks like a secret (secretlint's rule ${rule}): leave it out, or say where it stands.`,
      );
    }
  }
  return sentences;
}
