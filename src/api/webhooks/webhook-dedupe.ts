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

export function createWebhookDedupe(): WebhookDedupe {
  const accepted = new LRUCache<string, Accepted & { bodyHash: string }>({ max: MAX_REMEMBERED });
  const underWay = new Map<string, { bodyHash: string; result: Promise<Accepted> }>();

  async function acceptFirst({ id, bodyHash }: Delivery, accept: () => Promise<Accepted>) {
    const result = accept();
    underWay.set(id, { bodyHash, result });
    try {
      // Remembered only now: what failed must be taken when it comes again.
      accepted.set(id, { ...(await result), bodyHash });
      return await result;
    } finally {
      underWay.delete(id);
    }
  }

  return {
    async once(delivery, accept) {
      const before = accepted.get(delivery.id);
      if (before) return repeat(delivery, before.bodyHash, before);
      const inFlight = underWay.get(delivery.id);
      if (inFlight) return repeat(delivery, inFlight.bodyHash, await inFlight.result);
      const first = await acceptFirst(delivery, accept);
      return first.isRepeat ? { status: 'duplicate', of: first } : { status: 'accepted' };
    },
  };
}

function repeat(delivery: Delivery, bodyHash: string, of: Accepted): Verdict {
  return delivery.bodyHash === bodyHash ? { status: 'duplicate', of } : { status: 'conflict' };
}
