/**
 * What a person who has just started Payonce wants to open or copy.
 */
import path from 'node:path';
import type { Stack } from './stack-options.ts';

/** The lines of a small table of addresses and keys. */
export function describeStack(stack: Stack): string[] {
  const rows: [string, string][] = [
    ['API', stack.apiUrl],
    ['API docs', stack.docsUrl],
    ['Temporal UI', stack.temporalUiUrl ?? `(the one of ${stack.temporalAddress})`],
    ['Sandbox gateway', stack.sandboxUrl],
    [
      'Checkout page',
      `${stack.sandboxUrl}/checkout/PAYMENT_ID (an order's payments[].checkout.url)`,
    ],
    ['Client key', stack.keys.client],
    ['Ops key', stack.keys.ops],
    ['Logs', path.join(stack.dataDir, 'logs')],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const table = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
  return ['', 'Payonce is running', '', ...table, '', 'Ctrl-C stops it.'];
}
