import type { ModelImage } from '../../domain/model/image.ts';
import type { Outcome } from '../../domain/outcome.ts';

/** Bytes. */
interface ImageLimits {
  /** How many are read at most. */
  readonly count: number;
  readonly each: number;
  readonly all: number;
}

/** An image of a text, or why it could not be read: the end of a sentence that begins with it. */
export type ReadImage = Outcome<ModelImage>;

export interface ImagesFacet {
  /**
   * The images that GitHub shows in an issue, in their order. `body` is the text that they are to belong to: where the issue says
   * something else by now, none is read. Only what is stored with GitHub is; an image that cannot be read is a reason, never an error.
   */
  issueImages(issue: { readonly number: number; readonly body: string }, limits: ImageLimits): Promise<readonly ReadImage[]>;
}
