// The rows of emulate's tables, as far as they are read or written here.
export interface Row {
  id: number;
  created_at: string;
  updated_at: string;
}

export interface UserRow extends Row {
  login: string;
  node_id: string;
  avatar_url: string;
  gravatar_id: string;
  type: 'User' | 'Bot';
  site_admin: boolean;
  name: string | null;
  company: string | null;
  blog: string;
  location: string | null;
  email: string | null;
  hireable: boolean | null;
  bio: string | null;
  twitter_username: string | null;
  public_repos: number;
  public_gists: number;
  followers: number;
  following: number;
}

export interface OrganizationRow extends Row {
  login: string;
  node_id: string;
  description: string | null;
  name: string | null;
  company: string | null;
  blog: string;
  location: string | null;
  email: string | null;
  twitter_username: string | null;
  is_verified: boolean;
  has_organization_projects: boolean;
  has_repository_projects: boolean;
  public_repos: number;
  public_gists: number;
  followers: number;
  following: number;
  members_can_create_repositories: boolean;
  default_repository_permission: string;
  billing_email: string | null;
}

export interface TeamRow extends Row {
  org_id: number;
  slug: string;
}

export interface TeamMemberRow extends Row {
  team_id: number;
  user_id: number;
  role: 'maintainer' | 'member';
}

export interface RepositoryRow extends Row {
  node_id: string;
  name: string;
  full_name: string;
  owner_id: number;
  owner_type: 'User' | 'Organization';
  private: boolean;
  description: string | null;
  fork: boolean;
  forked_from_id: number | null;
  homepage: string | null;
  language: string | null;
  languages: Record<string, number>;
  forks_count: number;
  stargazers_count: number;
  watchers_count: number;
  size: number;
  default_branch: string;
  open_issues_count: number;
  topics: string[];
  has_issues: boolean;
  has_projects: boolean;
  has_wiki: boolean;
  has_pages: boolean;
  has_downloads: boolean;
  has_discussions: boolean;
  archived: boolean;
  disabled: boolean;
  visibility: 'public' | 'private' | 'internal';
  pushed_at: string | null;
  allow_rebase_merge: boolean;
  allow_squash_merge: boolean;
  allow_merge_commit: boolean;
  allow_auto_merge: boolean;
  delete_branch_on_merge: boolean;
  allow_forking: boolean;
  is_template: boolean;
  license: null;
}

export interface CollaboratorRow extends Row {
  repo_id: number;
  user_id: number;
  permission: 'pull' | 'triage' | 'push' | 'maintain' | 'admin';
}

export interface IssueRow extends Row {
  node_id: string;
  number: number;
  repo_id: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  state_reason: string | null;
  locked: boolean;
  user_id: number;
  label_ids: number[];
  comments: number;
  closed_at: string | null;
  closed_by_id: number | null;
  is_pull_request: boolean;
}

export interface PullRequestRow extends Row {
  node_id: string;
  number: number;
  repo_id: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  user_id: number;
  label_ids: number[];
  head_ref: string;
  head_sha: string;
  base_ref: string;
  base_sha: string;
  merged: boolean;
  merged_at: string | null;
  merged_by_id: number | null;
  merge_commit_sha: string | null;
  mergeable: boolean | null;
  mergeable_state: string;
  commits: number;
  additions: number;
  deletions: number;
  changed_files: number;
  draft: boolean;
  requested_reviewer_ids: number[];
  closed_at: string | null;
}

export interface LabelRow extends Row {
  node_id: string;
  repo_id: number;
  name: string;
  description: string | null;
  color: string;
  default: boolean;
}

export interface CommentRow extends Row {
  node_id: string;
  repo_id: number;
  issue_number: number | null;
  pull_number: number | null;
  commit_sha: string | null;
  body: string;
  user_id: number;
  in_reply_to_id: number | null;
  path: string | null;
  position: number | null;
  line: number | null;
  side: 'LEFT' | 'RIGHT' | null;
  subject_type: 'line' | 'file' | null;
  comment_type: 'issue' | 'review' | 'commit';
  review_id: number | null;
}

export interface ReviewRow extends Row {
  node_id: string;
  repo_id: number;
  pull_number: number;
  user_id: number;
  body: string | null;
  state: 'PENDING' | 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  commit_id: string;
  submitted_at: string | null;
}

export interface BranchRow extends Row {
  repo_id: number;
  name: string;
  sha: string;
  protected: boolean;
}

export interface RefRow extends Row {
  repo_id: number;
  ref: string;
  sha: string;
  node_id: string;
}

export interface AppRow extends Row {
  app_id: number;
  slug: string;
  name: string;
  private_key: string;
  permissions: Record<string, string>;
  events: string[];
  webhook_url: string | null;
  webhook_secret: string | null;
  description: string | null;
}

export interface InstallationRow extends Row {
  installation_id: number;
  app_id: number;
  account_type: 'User' | 'Organization';
  account_id: number;
  account_login: string;
  repository_selection: 'all' | 'selected';
  repository_ids: number[];
  permissions: Record<string, string>;
  events: string[];
  suspended_at: string | null;
}
