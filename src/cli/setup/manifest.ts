import { failure, type Outcome, success } from '../../domain/outcome.ts';
import { APP_DESCRIPTION, APP_EVENTS, APP_PERMISSIONS, SIGN_IN_PATH, WEBHOOK_PATH } from '../../settings/app-facts.ts';

/** The form's fields, as people type them. */
export interface SetupForm {
  /** Empty: the person who creates the App. */
  readonly organization: string;
  readonly name: string;
  /** Of the server, or a channel of smee.io. */
  readonly address: string;
}

/** The form's fields after validation. */
export interface ValidSetupForm {
  readonly organization: string | null;
  readonly name: string;
  /** Without a slash at the end. */
  readonly address: string;
  readonly isSmee: boolean;
}

/** Which field is wrong, and a sentence about it. */
export type FormErrors = Readonly<Partial<Record<keyof SetupForm, string>>>;

/** GitHub's limit on the name of an App. */
const NAME_MAX = 34;

export function validateSetupForm({ organization, name, address }: SetupForm): Outcome<ValidSetupForm, FormErrors> {
  const wrong: Partial<Record<keyof SetupForm, string>> = {};
  if (organization !== '' && !/^[A-Za-z0-9](?:-?[A-Za-z0-9])*$/.test(organization))
    wrong.organization = 'Only the name of the organisation, as in github.com/NAME.';
  if (name === '' || name.length > NAME_MAX)
    wrong.name = `1 to ${NAME_MAX} characters; GitHub lets no two Apps have the same name.`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    wrong.address = 'An address like https://planwright.example.com';
  if (!url || Object.keys(wrong).length > 0) return failure(wrong);
  return success({
    organization: organization || null,
    name,
    address: url.href.replace(/\/+$/, '').replace(new RegExp(`${WEBHOOK_PATH}$`), ''),
    isSmee: url.hostname === 'smee.io',
  });
}

/**
 * The manifest of the App that GitHub is to create.
 * @see https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
export const manifestFor = ({ name, address, isSmee }: ValidSetupForm, redirectUrl: string) => ({
  name,
  description: APP_DESCRIPTION,
  url: address,
  hook_attributes: { url: isSmee ? address : `${address}${WEBHOOK_PATH}`, active: true },
  redirect_url: redirectUrl,
  // Behind a channel of smee.io the server is on this machine, and only its user signs in to it.
  callback_urls: [isSmee ? `http://localhost:3000${SIGN_IN_PATH}` : `${address}${SIGN_IN_PATH}`],
  public: false,
  default_permissions: APP_PERMISSIONS,
  default_events: APP_EVENTS,
});

/** Where the manifest is posted to: a page on which a person confirms it. */
export const manifestTarget = (serverUrl: string, organization: string | null, state: string): string =>
  `${serverUrl}${organization === null ? '' : `/organizations/${organization}`}/settings/apps/new?state=${state}`;
