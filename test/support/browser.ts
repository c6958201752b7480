/**
 * A headless Chromium that is installed on the machine: nothing is downloaded, and it asks nobody for
 * anything by itself.
 */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import which from 'which';

/** The shell without a user interface first: it takes a third of the work. */
const USUAL_NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];

/** No sandbox, as tests often run as root in a container; no talk with the vendor's servers. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const NO_BROWSER =
  'no Chromium: install it (Debian: apt-get install chromium-headless-shell), or set CHROMIUM_PATH to one';

/** The path of a Chromium; null when there is none. */
export function findChromium(): string | null {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return existsSync(CHROMIUM_PATH) ? CHROMIUM_PATH : null;
  for (const name of USUAL_NAMES) {
    const found = which.sync(name, { nothrow: true });
    if (found !== null) return found;
  }
  return null;
}

/** @throws Error when there is no Chromium, or when it does not start. */
export function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(NO_BROWSER);
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
