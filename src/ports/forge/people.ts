/**
 * `login` is as GitHub writes it, and can be changed and then taken by another person; `id` stays, and is missing only where GitHub
 * does not name it. `bot` is true for every App and machine account GitHub types as Bot.
 */
export interface Person {
  readonly id?: number;
  readonly login: string;
  readonly bot: boolean;
}

/** A person's identity as one value: two with the same value are one person. */
export const identityOf = ({ id, login }: Pick<Person, 'id' | 'login'>): string =>
  id === undefined ? login.toLowerCase() : String(id);

export type Permission = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

/** Who may do what in the repository. */
export interface PeopleFacet {
  permission(login: string): Promise<Permission>;
  /** The address under which GitHub credits a commit to a person without telling their own; null where there is no such person. */
  noReplyAddress(login: string): Promise<string | null>;
}
