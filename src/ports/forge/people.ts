/** `login` is as GitHub writes it; `bot` is true for every App and machine account GitHub types as Bot. */
export interface Person {
  readonly login: string;
  readonly bot: boolean;
}

export type Permission = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

/** Who may do what in the repository. */
export interface PeopleFacet {
  permission(login: string): Promise<Permission>;
}
