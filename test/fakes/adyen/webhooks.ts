/** Adyen's standard webhook: items signed one by one, as its own SDK signs them, and sent until they are answered 2xx. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NotificationRequestItem } from '@adyen/api-library/lib/src/typings/notification/notificationRequestItem.js';
import { createHmacValidator } from '../../../src/gateways/adyen/client.ts';
import type { SignedRequest } from '../../support/gateway-driver.ts';
import type { Told } from './account.ts';
import { wrongInWebhook } from './openapi.ts';

const PATH = '/webhooks/adyen';
const FIRST_RETRY_MS = 100;
/** Adyen goes on for 30 days; no test waits longer than this many doublings. */
const MAX_TRIES = 8;

export type Item = Record<string, unknown> & { additionalData?: Record<string, unknown> };
export interface Batch {
  live: string;
  notificationItems: { NotificationRequestItem: Item }[];
}

export interface Webhooks {
  tell(told: Told): void;
  sendTo(urls: readonly string[]): void;
  /** Sends nothing while it is not wanted. */
  subscribe(isWanted: () => boolean): void;
  setCopies(count: number): void;
  /** Keeps what is told back, and gives it as one batch. */
  hold(): void;
  heldBatch(): Batch;
  itemsOf(reference: string): Item[];
  itemOf(told: Told): Item;
  batchOf(items: readonly Item[], live?: string): Batch;
  sign(batch: Batch, key?: string): SignedRequest;
  signBody(body: string, key?: string): SignedRequest;
  close(): void;
}

const validator = createHmacValidator();

export function createWebhooks({
  key: ownKey,
  merchantAccount,
  violations,
}: {
  key: string;
  merchantAccount: string;
  violations: string[];
}): Webhooks {
  const items: Item[] = [];
  let held: Item[] | null = null;
  let isClosed = false;
  let isWanted = (): boolean => true;
  let urls: readonly string[] = [];
  let copies = 1;
  let turn = 0;

  function itemOf({ eventCode, success = true, psp, original, link, ...told }: Told): Item {
    const metadata = Object.entries(link.metadata).map(([name, value]) => [
      `metadata.${name}`,
      value,
    ]);
    return {
      additionalData: { ...Object.fromEntries(metadata), ...told.additionalData },
      amount: told.amount ?? link.amount,
      eventCode,
      eventDate: new Date().toISOString(),
      merchantAccountCode: merchantAccount,
      merchantReference: link.reference,
      ...(original !== undefined && { originalReference: original }),
      paymentMethod: 'visa',
      pspReference: psp,
      reason: told.reason ?? '',
      success: String(success),
    };
  }

  const batchOf = (given: readonly Item[], live = 'false'): Batch => ({
    live,
    notificationItems: given.map((item) => ({ NotificationRequestItem: structuredClone(item) })),
  });

  function sign(batch: Batch, key = ownKey): SignedRequest {
    const notificationItems = batch.notificationItems.map(({ NotificationRequestItem: item }) => ({
      NotificationRequestItem: signedItem(item, key),
    }));
    return requestOf(JSON.stringify({ ...batch, notificationItems }));
  }

  function signBody(body: string, key = ownKey): SignedRequest {
    const batch = batchIn(body);
    return batch === null ? requestOf(body) : sign(batch, key);
  }

  async function deliver(item: Item): Promise<void> {
    for (let tried = 0; tried < MAX_TRIES && !isClosed; tried += 1) {
      turn += 1;
      const { path, headers, body } = sign(batchOf([item]));
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
    tell(told) {
      const item = itemOf(told);
      const { body } = sign(batchOf([item]));
      const wrong = wrongInWebhook(told.eventCode, withoutMetadata(JSON.parse(body) as Batch));
      if (wrong !== null) violations.push(`webhook ${told.eventCode}: ${wrong}`);
      items.push(item);
      if (held !== null) held.push(item);
      else if (urls.length > 0 && isWanted())
        for (let copy = 0; copy < copies; copy += 1) void deliver(item);
    },
    sendTo: (given) => {
      urls = given;
    },
    subscribe: (wanted) => {
      isWanted = wanted;
    },
    setCopies: (count) => {
      copies = count;
    },
    hold: () => {
      held = [];
    },
    heldBatch: () => {
      const batch = batchOf(held ?? []);
      held = null;
      return batch;
    },
    itemsOf: (reference) => items.filter((item) => item.merchantReference === reference),
    itemOf,
    batchOf,
    sign,
    signBody,
    close: () => {
      isClosed = true;
    },
  };
}

function requestOf(body: string): SignedRequest {
  return { path: PATH, headers: { 'content-type': 'application/json' }, body };
}

/** Null for a body that is no batch. */
export function batchIn(body: string): Batch | null {
  try {
    const batch = JSON.parse(body) as Partial<Batch> | null;
    return Array.isArray(batch?.notificationItems) ? (batch as Batch) : null;
  } catch {
    return null;
  }
}

/** The signature stands first, as in what Adyen sends. */
function signedItem(item: Item, key: string): Item {
  const { hmacSignature: _, ...additionalData } = item.additionalData ?? {};
  const signature = validator.calculateHmac(item as unknown as NotificationRequestItem, key);
  const { additionalData: _before, ...rest } = item;
  return { additionalData: { hmacSignature: signature, ...additionalData }, ...rest };
}

/** The OpenAPI file lists each name that additional data may have, and cannot list those of a shop's metadata. */
function withoutMetadata(batch: Batch): Batch {
  for (const { NotificationRequestItem: item } of batch.notificationItems)
    for (const name of Object.keys(item.additionalData ?? {}))
      if (name.startsWith('metadata.')) delete item.additionalData?.[name];
  return batch;
}
