import { fileText } from '../../agent/files/file-text.ts';
import { suggestPaths } from '../../agent/files/nearest-paths.ts';
import type { Workspace, WorkspaceFile } from '../../agent/files/workspace.ts';
import { failure, type Outcome, success } from '../../domain/outcome.ts';

async function existingFile(workspace: Workspace, path: string): Promise<Outcome<WorkspaceFile>> {
  const files = await workspace.files();
  const file = files.get(path);
  return file ? success(file) : failure(`There is no file ${path}.${suggestPaths(path, files.keys())}`);
}

/** A file whose text may be edited, and the text. */
export async function existingText(workspace: Workspace, path: string): Promise<Outcome<{ file: WorkspaceFile; text: string }>> {
  const file = await existingFile(workspace, path);
  if (!file.ok) return file;
  const text = fileText(file.value, await workspace.read(path));
  return text.ok ? success({ file: file.value, text: text.value }) : failure(`${text.reason} It cannot be edited as text.`);
}

/** Bytes that may be moved or deleted: anything but a submodule, whose other half is in .gitmodules. */
export async function existingBytes(
  workspace: Workspace,
  path: string,
): Promise<Outcome<{ file: WorkspaceFile; bytes: Buffer }>> {
  const file = await existingFile(workspace, path);
  if (!file.ok) return file;
  const bytes = await workspace.read(path);
  return bytes ? success({ file: file.value, bytes }) : failure(`${path} is a submodule; it cannot be moved or deleted.`);
}
