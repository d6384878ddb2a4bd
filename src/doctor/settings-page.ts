/**
 * The page on which the owner of an App changes it. An organisation's App has another one, which the App's public page links to.
 */
export const settingsPage = (serverUrl: string, slug: string): string => `${serverUrl}/settings/apps/${slug}`;
