/** Everything that the API says of the orders that nothing may change, byte for byte. */
import pWaitFor from 'p-wait-for';
import type { World } from './world.ts';

/** What was asked, and status and bytes of the answer. */
export type Testimony = ReadonlyMap<string, string>;

const PATHS = ['', '/events', '/invoice.pdf'];
/** A busy machine may say 503 now and then; what it says then is no testimony. */
const PATIENCE_MS = 60_000;
const SHOWN = 300;

export async function testimonyOf({ guarded, apiUrls, keys }: World): Promise<Testimony> {
  const paths = guarded.flatMap(({ orderId }) => [
    ...PATHS.map((path) => `/v1/orders/${orderId}${path}`),
    `/v1/customers/cus_${orderId}/entitlements`,
  ]);
  const testimony = new Map<string, string>();
  for (const url of apiUrls)
    for (const path of [...paths, '/openapi.json'])
      testimony.set(`${url}${path}`, await sayOf(`${url}${path}`, keys.ops));
  return testimony;
}

async function sayOf(url: string, key: string): Promise<string> {
  let said = '';
  await pWaitFor(
    async () => {
      const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
      const bytes = Buffer.from(await response.arrayBuffer());
      // A problem has a request id of its own each time; its code is what counts.
      const body = response.status < 400 ? bytes : JSON.parse(bytes.toString()).code;
      said = `${response.status} ${body.toString('latin1')}`;
      return response.status !== 503;
    },
    { timeout: PATIENCE_MS },
  );
  return said;
}

/** What is said otherwise than before, from where it differs. */
export function contradictions(before: Testimony, now: Testimony): string[] {
  return [...before]
    .filter(([asked, said]) => now.get(asked) !== said)
    .map(([asked, said]) => `${asked}: ${difference(said, now.get(asked) ?? '')}`);
}

function difference(before: string, now: string): string {
  const at = [...now].findIndex((letter, index) => letter !== before[index]);
  const shown = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 40), at + SHOWN));
  return `${shown(before)} has become ${shown(now)}`;
}
