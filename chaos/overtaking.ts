/**
 * Makes every order hear of its events out of order: the first waits until a later one has been taken.
 * Chance alone leaves most orders with what happened in the order in which it happened.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayEvent } from './webhook-sender.ts';

type Event = Pick<GatewayEvent, 'id' | 'orderId'>;

export interface Overtaking {
  /** The gateway has told of it. */
  told(event: Event): void;
  /** Payonce has acknowledged it. */
  taken(event: Event): void;
  /** Resolves when the event may be delivered. */
  turnOf(event: Event): Promise<void>;
}

/** An order that has had no second event by then may well have none ever. */
const FOLLOWED_WITHIN_MS = 25_000;

interface Moment {
  comes: Promise<void>;
  come(): void;
}

interface Story {
  firstId: string;
  followed: Moment;
  overtaken: Moment;
}

export function createOvertaking(): Overtaking {
  const stories = new Map<string, Story>();
  return {
    told: ({ id, orderId }) => {
      const story = stories.get(orderId);
      if (story !== undefined) return story.followed.come();
      stories.set(orderId, { firstId: id, followed: moment(), overtaken: moment() });
    },
    taken: ({ id, orderId }) => {
      const story = stories.get(orderId);
      if (story !== undefined && story.firstId !== id) story.overtaken.come();
    },
    turnOf: async ({ id, orderId }) => {
      const story = stories.get(orderId);
      if (story?.firstId !== id) return;
      const isFollowed = story.followed.comes.then(() => true);
      if (await Promise.race([isFollowed, sleep(FOLLOWED_WITHIN_MS, false)]))
        await story.overtaken.comes;
    },
  };
}

function moment(): Moment {
  let come = (): void => {};
  const comes = new Promise<void>((resolve) => {
    come = resolve;
  });
  return { comes, come: () => come() };
}
