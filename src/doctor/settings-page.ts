/** Where the owner of an App changes it. An organisation's App lies elsewhere; GitHub leads there from the App's public page. */
export const settingsPage = (serverUrl: string, slug: string): string => `${serverUrl}/settings/apps/${slug}`;
