/**
 * Drops deliveries that were accepted before, without asking anybody. It is only a saving: what it has
 * forgotten, Temporal and the order know. It remembers nothing that was not accepted.
 */
import { LRUCache } from 'lru-cache';

/** Some tens of megabytes at most; a gateway repeats within hours, and most within seconds. */
const MAX_REMEMBERED = 100_000;

/** One delivery: its event, and the bytes that carried it. */
export interface Delivery {
  /** Gateway and event id. */
  id: string;
  bodyHash: string;
}

export interface Accepted {
  orderId: string;
  type: string;
  /** It was accepted before this process knew of it. */
  isRepeat: boolean;
}

export type Verdict =
  | { status: 'accepted' }
  | { status: 'duplicate'; of: Accepted }
  /** The same event id, and not the same bytes. */
  | { status: 'conflict' };

export interface WebhookDedupe {
  /** Runs `accept` for the first of any number of equal deliveries, also when they come at once. */
  once(delivery: Delivery, accept: () => Promise<Accepted>): Promise<Verdict>;
}

type Remembered = Accepted & { bodyHash: string };

export function createWebhookDedupe(): WebhookDedupe {
  const accepted = new LRUCache<string, Remembered, () => Promise<Remembered>>({
    max: MAX_REMEMBERED,
    // What fails is not remembered: it must be taken when it comes again.
    fetchMethod: (_id, _stale, { context: accept }) => accept(),
    // Forgotten while it is under way, it is accepted all the same.
    ignoreFetchAbort: true,
  });

  return {
    async once({ id, bodyHash }, accept) {
      let isFirst = false;
      const { bodyHash: acceptedHash, ...of } = await accepted.forceFetch(id, {
        context: async () => {
          isFirst = true;
          return { ...(await accept()), bodyHash };
        },
      });
      if (acceptedHash !== bodyHash) return { status: 'conflict' };
      return isFirst && !of.isRepeat ? { status: 'accepted' } : { status: 'duplicate', of };
    },
  };
}
