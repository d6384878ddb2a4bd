import { secretsIn } from '../domain/secrets.ts';

/** Why a model's words cannot be posted: a sentence for each secret in them. `words` are by the name of the field they came in. */
export async function secretsSaid(words: Readonly<Record<string, string>>): Promise<string[]> {
  const sentences: string[] = [];
  for (const [field, text] of Object.entries(words)) {
    for (const { line, rule } of await secretsIn(field, text)) {
      sentences.push(
        `${field} line ${line} holds what looks like a secret (secretlint's rule ${rule}): leave it out, or say where it stands.`,
      );
    }
  }
  return sentences;
}
