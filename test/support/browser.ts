import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian and its relatives, and the desktop's packages, put it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A real browser without a window. @throws with what to install when the machine has none: a test that needs it is not skipped. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.TEST_BROWSER ?? PLACES.find(existsSync);
  if (executablePath === undefined)
    throw new Error('There is no browser on this machine: apt-get install chromium, or set TEST_BROWSER to one like it.');
  // The sandbox of Chromium refuses to run as root, as containers and CI do.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}
