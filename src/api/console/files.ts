/**
 * The console's files. They are built beforehand (`npm run build:console`), ask nobody outside for anything, and hold
 * no secret: what the page may see and do is decided by the key that its user signs in with.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Express, Response } from 'express';
import type { SignIn } from '../../sign-in/sign-in.ts';
import { replyOf, send } from '../http/reply.ts';
import { escaped } from '../problems/page.ts';
import { SIGN_IN_PATH } from './session-routes.ts';

const FOLDER = path.join(import.meta.dirname, '../../../console/dist');
const TYPES: Record<string, string> = {
  'app.js': 'text/javascript; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
};
const NONCE = '__NONCE__';
/** Where people sign in, and at whom; empty where they have API keys. */
const SIGN_IN_URL = '__SIGN_IN_URL__';
const PROVIDER = '__PROVIDER__';
const NOT_BUILT =
  'The console is not built yet: run npm run build:console, then load this page again.';

export function mountConsole(app: Express, signIn: SignIn | undefined): void {
  for (const [name, type] of Object.entries(TYPES))
    app.get(`/console/${name}`, async (_request, response) => {
      await sendFile(response, name, (body) => ({ body, headers: { 'content-type': type } }));
    });
  // Attempts begin at the address that they come back to, as their cookies are kept for that host alone.
  const url = signIn === undefined ? '' : `${signIn.origin}${SIGN_IN_PATH}`;
  const places = { [SIGN_IN_URL]: url, [PROVIDER]: signIn?.providerName ?? '' };
  // The page finds its way by itself: every path below is the same page.
  for (const at of ['/console', '/console/{*page}'])
    app.get(at, (_request, response) => sendPage(response, places));
}

async function sendPage(response: Response, places: Record<string, string>): Promise<void> {
  const nonce = randomBytes(16).toString('base64');
  response.set('content-security-policy', policyWith(nonce));
  await sendFile(response, 'index.html', (body) => ({
    body: Buffer.from(filledIn(body.toString(), { ...places, [NONCE]: nonce })),
    headers: { 'content-type': 'text/html; charset=utf-8' },
  }));
}

function filledIn(page: string, places: Record<string, string>): string {
  return Object.entries(places).reduce(
    (filled, [place, text]) => filled.replaceAll(place, () => escaped(text)),
    page,
  );
}

/** Nothing but the console's own files, no inline script, and no page of others around it. */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

async function sendFile(
  response: Response,
  name: string,
  answer: (body: Buffer) => { body: Buffer; headers: Record<string, string> },
): Promise<void> {
  const body = await readFile(path.join(FOLDER, name)).catch(() => null);
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  const missing = { status: 503, body: Buffer.from(NOT_BUILT), headers };
  send(response, replyOf(body === null ? missing : { status: 200, ...answer(body) }));
}
