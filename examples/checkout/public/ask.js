/** Calls to the shop's own server. */

/** @throws Error with what the server said, in words for the customer. */
export async function ask(method, path, body) {
  const response = await fetch(path, {
    method,
    ...(body && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  throw new Error(answer.detail ?? 'Something went wrong. Nothing was charged twice; try again.');
}

/** A busy page asks every second; one that waits for nothing in particular asks now and then. */
const SOON_MS = 1_000;
const LATER_MS = 5_000;

/**
 * Shows the order now and whenever it has changed. Most answers are 304 and empty, as each question
 * names the version that is known. Gives a function that looks at once.
 */
export function watchOrder(id, show) {
  let etag = '';
  let waitMs = SOON_MS;
  let timer;

  async function look() {
    clearTimeout(timer);
    try {
      const headers = etag ? { 'if-none-match': etag } : {};
      const response = await fetch(`/api/orders/${id}`, { headers, cache: 'no-store' });
      if (response.status === 200) {
        etag = response.headers.get('etag') ?? '';
        const order = await response.json();
        waitMs = order.state === 'pending' ? SOON_MS : LATER_MS;
        show(order);
      }
    } catch {
      // The next look may be luckier; the order does not depend on anybody looking.
    }
    clearTimeout(timer);
    timer = setTimeout(look, waitMs);
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void look();
  });
  void look();
  return look;
}
