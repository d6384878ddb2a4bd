/** A repository and the installation through which the App may touch it. */
export interface RepositoryRef {
  readonly owner: string;
  readonly name: string;
  readonly installation: number;
}

export const fullName = (r: { owner: string; name: string }): string => `${r.owner}/${r.name}`;
