import { createHash } from 'node:crypto';
import type { RepositoryForge } from '../../ports/forge/forge.ts';
import type { Entry, TreeChange } from '../../ports/forge/git-data.ts';
import { type Access, nameOf } from './access.ts';
import { orNull } from './client/github-error.ts';
import { commitSignedOff } from './client/sign-off.ts';

type Operations = Pick<
  RepositoryForge,
  'file' | 'entry' | 'commit' | 'mergeBase' | 'changedPaths' | 'blobText' | 'createBlob' | 'createTree' | 'createCommit'
>;

/**
 * Objects are named by their content, so making one twice makes it once; a commit made twice leaves one that nothing points
 * to. Nothing here is visible to people until a branch points at it.
 */
export const gitDataOperations = (access: Access): Operations => ({
  async file(path, ref) {
    const entry = await readEntry(access, path, ref);
    return entry?.kind === 'file' ? { sha: entry.sha, text: entry.text } : null;
  },

  entry: (path, ref) => readEntry(access, path, ref),

  async commit(sha) {
    const octokit = await access.octokit();
    const { data } = await octokit.rest.git.getCommit({ ...access.at, commit_sha: sha });
    return { sha: data.sha, tree: data.tree.sha, parents: data.parents.map((parent) => parent.sha), message: data.message };
  },

  async mergeBase(a, b) {
    const octokit = await access.octokit();
    // One commit a page: only the ancestor is of interest.
    const answer = await orNull(
      octokit.rest.repos.compareCommitsWithBasehead({ ...access.at, basehead: `${a}...${b}`, per_page: 1 }),
    );
    return answer?.data.merge_base_commit.sha ?? null;
  },

  async changedPaths(base, head) {
    const octokit = await access.octokit();
    // The files are on the first page, however few commits that holds.
    const answer = await orNull(
      octokit.rest.repos.compareCommitsWithBasehead({ ...access.at, basehead: `${base}...${head}`, per_page: 1 }),
    );
    const files = answer?.data.files?.flatMap((f) => [f.filename, ...(f.previous_filename ? [f.previous_filename] : [])]);
    return files ?? null;
  },

  async blobText(sha) {
    const octokit = await access.octokit();
    const answer = await orNull(octokit.rest.git.getBlob({ ...access.at, file_sha: sha }));
    return answer ? Buffer.from(answer.data.content, 'base64').toString('utf8') : null;
  },

  async createBlob(content) {
    const octokit = await access.octokit();
    const { data } = await octokit.rest.git.createBlob({ ...access.at, content: content.toString('base64'), encoding: 'base64' });
    return data.sha;
  },

  async createTree(base, changes) {
    const octokit = await access.octokit();
    const { data } = await octokit.rest.git.createTree({ ...access.at, base_tree: base, tree: changes.map(entryFrom) });
    return data.sha;
  },

  async createCommit({ message, tree, parents, signOff = false }) {
    const octokit = await access.octokit();
    const create = async (text: string) => {
      const { data } = await octokit.rest.git.createCommit({ ...access.at, message: text, tree, parents: [...parents] });
      return data;
    };
    const sha = signOff
      ? await commitSignedOff(message, access.author, async (text) => {
          const { sha: made, author } = await create(text);
          return { sha: made, author: `${author.name} <${author.email}>` };
        })
      : (await create(message)).sha;
    access.reported.made(nameOf(access), sha);
    return sha;
  },
});

async function readEntry(access: Access, path: string, ref: string | null): Promise<Entry | null> {
  const octokit = await access.octokit();
  const answer = await orNull(octokit.rest.repos.getContent({ ...access.at, path, ...(ref === null ? {} : { ref }) }));
  if (!answer) return null;
  if (Array.isArray(answer.data)) return { kind: 'directory', sha: null };
  const { sha } = answer.data;
  if (answer.data.type !== 'file') return { kind: answer.data.type === 'submodule' ? 'submodule' : 'link', sha };
  const { content, encoding } = answer.data;
  // Beyond 1 MB the content is left out; the blob endpoint gives up to 100 MB.
  const text = encoding === 'base64' ? content : (await octokit.rest.git.getBlob({ ...access.at, file_sha: sha })).data.content;
  const bytes = Buffer.from(text, 'base64');
  // GitHub follows a symbolic link and answers with the target's text. An approval binds to the blob id, so the text must be
  // that very blob: otherwise the link's id would stay the same while its target changes.
  return blobId(bytes, sha.length) === sha ? { kind: 'file', sha, text: bytes.toString('utf8') } : { kind: 'link', sha };
}

function entryFrom({ path, mode, content }: TreeChange) {
  const entry = { path, mode, type: mode === '160000' ? ('commit' as const) : ('blob' as const) };
  if (content === null) return { ...entry, sha: null };
  return 'text' in content ? { ...entry, content: content.text } : { ...entry, sha: content.blob };
}

/** Git's own id of a blob; repositories in the newer object format have ids of 64 digits. */
export const blobId = (bytes: Buffer, digits: number): string =>
  createHash(digits === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
