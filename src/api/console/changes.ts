/** The ids of orders as they change, as server-sent events: a console follows them and reads again what it shows. */
import { Readable } from 'node:stream';
import type { ChangeFeed } from '../../store/notifications.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { type Caller, defineRoute } from '../http/route.ts';

/** Proxies close what is silent for a minute. */
const HEARTBEAT_MS = 15_000;
/** How long a stop may wait for this stream, and it may outlast its reader's session. */
const CHECK_MS = 1_000;
/** Who follows comes back after this long, and with a key that has ended is refused then. */
const MAX_AGE_MS = 60_000;
/** How soon a reader comes back after the end. */
const RETRY = 'retry: 1000\n\n';
const CHANGED = 'event: changed\ndata: ';
/** What is parked, tried in vain or differs from a report has changed: it is in lists, and of no order. */
const LISTS = 'event: lists\ndata:\n\n';
/** Changes may have been missed: all is to be read again. */
const MISSED = 'event: missed\ndata:\n\n';

export const getChanges = defineRoute({
  operationId: 'followChanges',
  method: 'get',
  path: '/v1/changes',
  scope: 'support',
  summary: 'Follow the ids of orders as they change, as server-sent events',
  answers: {
    200: {
      description:
        'A stream of `changed` events with an order id each, of `lists` events, after which parked events, stuck effects and differences are worth reading again, and of `missed` events, after which everything is. It ends after a minute: open it again.',
      contentType: 'text/event-stream',
    },
  },
  problems: [],
  async run({ caller }, { feed, drain }) {
    const headers = {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    };
    return { status: 200, body: changesFrom(feed, drain, caller), headers };
  },
});

function noticeOf(orderId: string | null): string {
  if (orderId === null) return MISSED;
  return orderId === '' ? LISTS : `${CHANGED}${orderId}\n\n`;
}

/** A reader that is too slow is told so once it has caught up, and nothing is kept for it meanwhile. */
function changesFrom(
  feed: Pick<ChangeFeed, 'watch'>,
  drain: ApiDependencies['drain'],
  { expiresAt = Number.POSITIVE_INFINITY }: Pick<Caller, 'expiresAt'>,
): Readable {
  let isFull = false;
  let hasMissed = false;
  let silentMs = 0;
  let ageMs = 0;
  const stream = new Readable({
    read() {
      isFull = false;
      if (!hasMissed) return;
      hasMissed = false;
      say(MISSED);
    },
    destroy(error, done) {
      clearInterval(checking);
      unwatch();
      done(error);
    },
  });
  const say = (text: string): void => {
    silentMs = 0;
    isFull = !stream.push(text);
  };
  const unwatch = feed.watch((orderId) => {
    if (isFull) hasMissed = true;
    else say(noticeOf(orderId));
  });
  const checking = setInterval(() => {
    ageMs += CHECK_MS;
    const isOver = ageMs >= MAX_AGE_MS || Date.now() >= expiresAt;
    if (drain.isDraining() || isOver) return void stream.push(null);
    silentMs += CHECK_MS;
    if (silentMs >= HEARTBEAT_MS && !isFull) say(':\n\n');
  }, CHECK_MS);
  say(RETRY);
  return stream;
}
