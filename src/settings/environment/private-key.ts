import { createPrivateKey, type KeyObject } from 'node:crypto';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

/**
 * The App's private key as PKCS#8 PEM, from any form in which it is passed through an environment: PEM, PEM with `\n` written out,
 * base64 of the PEM, each possibly still in the quotes of an env file. The reason never repeats the key.
 */
export function readPrivateKey(text: string): Outcome<string> {
  const pem = asPem(text);
  if (pem === null) {
    return failure('is neither a PEM file nor the base64 of one; copy the whole .pem file that GitHub offered for download');
  }
  let key: KeyObject;
  try {
    key = readKey(pem);
  } catch {
    return failure('is a PEM that cannot be read as a private key; it may be cut off, encrypted or a public key');
  }
  if (key.asymmetricKeyType !== 'rsa') return failure('is not an RSA key; GitHub Apps have RSA keys');
  return success(key.export({ type: 'pkcs8', format: 'pem' }).toString());
}

function asPem(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .replace(/\\n/g, '\n')
    .trim();
  if (bare.startsWith('-----BEGIN ')) return bare;
  const decoded = Buffer.from(bare, 'base64').toString('latin1').trim();
  return decoded.startsWith('-----BEGIN ') ? decoded : null;
}

/**
 * Node takes an error that an earlier operation has left in OpenSSL's queue, an unreadable certificate for instance, for one of the next key
 * it reads. That empties the queue, so the second time tells the truth.
 */
function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    return createPrivateKey(pem);
  }
}
