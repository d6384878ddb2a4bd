import { stripHiddenText } from '../../text/strip-hidden-text.ts';
import { fileText } from './file-text.ts';
import type { Workspace } from './workspace.ts';

/** Bytes. Larger files are data, whatever their names. */
const READ_MAX = 300_000;

/**
 * A file's text as people see it rendered, or null where there is no such text. A symbolic link inside the repository is followed
 * once.
 */
export async function visibleFileText(path: string, workspace: Workspace): Promise<string | null> {
  const files = await workspace.files();
  const named = files.get(path);
  const file = named?.mode === '120000' ? files.get(linked(path, (await workspace.read(path))?.toString('utf8') ?? '')) : named;
  if (!file || file.mode === '120000' || (file.size ?? 0) > READ_MAX) return null;
  const text = fileText(file, await workspace.read(file.path));
  return text.ok ? stripHiddenText(text.value).text : null;
}

function linked(path: string, target: string): string {
  const parts = path.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
