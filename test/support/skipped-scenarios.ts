/** The one place that says which story is not told at which gateway, and why: nothing is left out in silence. */
import type { Ability } from './gateway-driver.ts';

/** Stories that no gateway has a part in. */
export const WITHOUT_GATEWAY: Readonly<Record<string, string>> = {
  T07: 'an order replays its own ledger, whoever told the facts in it',
  T13: 'answers and webhooks are facts before the pure rules rank them',
  T32: "it is about an event's way from the API to Temporal, one for all gateways",
  T48: "it is about the first task of an order's run",
  T49: 'it is about a run that is continued as new',
  T51: 'it is about saved histories under new code',
};

/** What a story is about that not every gateway knows; each gateway's own reason is with its driver. */
export const LEFT_OUT: Readonly<Record<string, Ability>> = {
  'T18 does not expire while the bank still works on its payment':
    'tell that the bank still works on it',
  'T19 authorized after a refund is let go, and nobody has to decide anything':
    'tell of an authorization that nobody here asked for',
  'T23 is not cancelled when its payment is not voided, and paid when that succeeds':
    'refuse to void',
  'T24 captured late, of an attempt that another one has followed, is granted once':
    'capture what another try has followed',
  'T34 authorized for another amount: a person decides (amount_mismatch)':
    'tell of an authorization that nobody here asked for',
  'T37 taken back by the bank: a person decides (capture_reversed)': 'take a capture back',
  'T39 given back, and with us again: a person decides (refund_reversed)': 'take a refund back',
};
