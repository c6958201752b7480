/** PayPal's webhooks: signed with a certificate that its API gives, sent again until somebody answers 2xx. */
import { randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { SignedRequest } from '../../support/gateway-driver.ts';
import { type Happening, newId } from './account.ts';
import { resourceOf } from './shapes.ts';

export const WEBHOOK_ID = '5PAYONCEWEBHOOK01';
const PATH = '/webhooks/paypal';
const FIRST_RETRY_MS = 100;
const MAX_TRIES = 8;
const fileBeside = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

/** Self-made, for tests alone. */
const KEY = fileBeside('./key.pem');
export const CERTIFICATE = fileBeside('./certificate.pem');
export const CERTIFICATE_PATH = '/v1/notifications/certs/CERT-360caa42-fca2a594-payonce';

export interface WebhookEvent {
  id: string;
  event_type: string;
  resource: object;
}

export interface Webhooks {
  tell(type: string, happening: Happening): void;
  sendTo(urls: readonly string[]): void;
  /** Sends only events whose type passes. */
  subscribe(isWanted: (type: string) => boolean): void;
  setCopies(count: number): void;
  /** Every event so far whose words name the payment or a part of it. */
  eventsNaming(ids: readonly string[]): WebhookEvent[];
  sign(body: string, how?: { webhookId?: string; certificateUrl?: string }): SignedRequest;
  close(): void;
}

/** @param baseUrl where the certificate is */
export function createWebhooks(baseUrl: () => string): Webhooks {
  const events: WebhookEvent[] = [];
  let isClosed = false;
  let urls: readonly string[] = [];
  let isWanted = (_type: string): boolean => true;
  let copies = 1;
  let turn = 0;

  const signed: Webhooks['sign'] = (body, how = {}) => {
    const { webhookId = WEBHOOK_ID, certificateUrl = baseUrl() + CERTIFICATE_PATH } = how;
    const [id, time] = [randomUUID(), new Date().toISOString().replace(/\.\d+Z$/, 'Z')];
    const message = `${id}|${time}|${webhookId}|${crc32(Buffer.from(body))}`;
    const headers = {
      'content-type': 'application/json',
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': sign('sha256', Buffer.from(message), KEY).toString('base64'),
      'paypal-cert-url': certificateUrl,
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-auth-version': 'v2',
    };
    return { path: PATH, headers, body };
  };

  async function deliver(event: WebhookEvent): Promise<void> {
    for (let tried = 0; tried < MAX_TRIES && !isClosed; tried += 1) {
      turn += 1;
      const { path, headers, body } = signed(JSON.stringify(event));
      const url = `${urls[turn % urls.length]}${path}`;
      const isTaken = await fetch(url, { method: 'POST', headers, body }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isTaken) return;
      await sleep(FIRST_RETRY_MS * 2 ** tried, undefined, { ref: false });
    }
  }

  return {
    tell(type, happening) {
      const event = eventOf(type, happening);
      events.push(event);
      if (urls.length === 0 || !isWanted(type)) return;
      for (let copy = 0; copy < copies; copy += 1) void deliver(event);
    },
    sendTo: (given) => {
      urls = given;
    },
    subscribe: (given) => {
      isWanted = given;
    },
    setCopies: (count) => {
      copies = count;
    },
    eventsNaming: (ids) =>
      events.filter((event) => ids.some((id) => JSON.stringify(event).includes(id))),
    sign: signed,
    close: () => {
      isClosed = true;
    },
  };
}

export function eventOf(type: string, happening: Happening): WebhookEvent {
  const [kind, resource] = resourceOf(happening);
  return structuredClone({
    id: `WH-${newId()}-${newId()}`,
    event_version: '1.0',
    create_time: new Date().toISOString(),
    resource_type: kind,
    resource_version: '2.0',
    event_type: type,
    summary: 'Something has happened',
    resource,
    links: [],
  });
}
