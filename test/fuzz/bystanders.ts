/** Everything that the API says of the orders that nothing may change, byte for byte. */
import { createHash } from 'node:crypto';
import type { World } from './world.ts';

/** What was asked, and a digest of status and bytes of the answer. */
export type Testimony = ReadonlyMap<string, string>;

const PATHS = ['', '/events', '/invoice.pdf'];

export async function testimonyOf({ guarded, apiUrls, keys }: World): Promise<Testimony> {
  const paths = guarded.flatMap(({ orderId }) => [
    ...PATHS.map((path) => `/v1/orders/${orderId}${path}`),
    `/v1/customers/cus_${orderId}/entitlements`,
  ]);
  const asked = apiUrls.flatMap((url) =>
    [...paths, '/openapi.json'].map((path) => `${url}${path}`),
  );
  const headers = { authorization: `Bearer ${keys.ops}` };
  const answers = await Promise.all(
    asked.map(async (url) => [url, await digestOf(await fetch(url, { headers }))] as const),
  );
  return new Map(answers);
}

/** A problem has a request id of its own each time; its code is what counts. */
async function digestOf(response: Response): Promise<string> {
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status >= 400) return `${response.status} ${JSON.parse(bytes.toString()).code}`;
  return `${response.status} ${createHash('sha256').update(bytes).digest('hex')}`;
}

/** What is said otherwise than before. */
export function contradictions(before: Testimony, now: Testimony): string[] {
  return [...before]
    .filter(([asked, digest]) => now.get(asked) !== digest)
    .map(([asked, digest]) => `${asked} was ${digest} and is ${now.get(asked)}`);
}
