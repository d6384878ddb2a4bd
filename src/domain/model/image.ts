/** The formats that every provider takes. */
type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

/** An image in a message to a model. */
export interface ModelImage {
  readonly type: ImageType;
  readonly base64: string;
}

/** At most so many tokens does a provider count for an image of any size: above its limits it makes the image smaller. */
export const IMAGE_TOKENS_MAX = 10_000;

/** What the bytes are, by how they begin: a name or a header may say anything. Null where they are no image that models take. */
export function imageTypeOf(bytes: Buffer): ImageType | null {
  const begins = (hex: string, at = 0): boolean => bytes.subarray(at, at + hex.length / 2).toString('hex') === hex;
  if (begins('89504e470d0a1a0a')) return 'image/png';
  if (begins('ffd8ff')) return 'image/jpeg';
  if (begins('474946383761') || begins('474946383961')) return 'image/gif';
  return begins('52494646') && begins('57454250', 8) ? 'image/webp' : null;
}

export const dataUrl = ({ type, base64 }: ModelImage): string => `data:${type};base64,${base64}`;
