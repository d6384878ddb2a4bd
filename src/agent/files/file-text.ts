import { failure, type Outcome, success } from '../../domain/outcome.ts';
import type { WorkspaceFile } from './workspace.ts';

/** A byte-order mark stays in the text, so that writing the text back gives the same bytes. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** git's own rule for a binary: a NUL among the first 8,000 bytes. */
const BINARY_PROBE = 8_000;
const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/**
 * The file's text, or the reason why it is not text (a sentence that starts with the path). Encoding the text again gives the same
 * bytes.
 */
export function fileText(file: WorkspaceFile, bytes: Buffer | null): Outcome<string> {
  const not = (what: string) => failure(`${file.path} is ${what}.`);
  if (file.mode === '160000') return not('a submodule: its files belong to another repository');
  if (bytes === null) return not('not there');
  if (file.mode === '120000')
    return not(`a symbolic link to ${JSON.stringify(bytes.toString())}; read or edit the file it points to`);
  if (bytes.subarray(0, BINARY_PROBE).includes(0)) return not(`a binary file of ${bytes.length} bytes`);
  if (bytes.subarray(0, LFS_POINTER.length).toString('latin1') === LFS_POINTER) {
    return not('a Git LFS pointer: its content is kept outside the repository');
  }
  try {
    return success(utf8.decode(bytes));
  } catch {
    return not(`not valid UTF-8 (${bytes.length} bytes in another encoding)`);
  }
}
