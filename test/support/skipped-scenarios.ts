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
  'is refused to a verify that names it, and parked': 'answer what became of a payment',
  'counts like any capture once an operator attaches it': 'answer what became of a payment',
  'pays the order that an operator chooses, where it is another': 'answer what became of a payment',
  'that was attached to a paid order is the one that goes back': 'answer what became of a payment',
  'finds the refund of a paid order whose webhook was lost, and says so once':
    'answer what became of a payment',
  'finds the refund of an order that has closed, whose run has ended':
    'answer what became of a payment',
  'T20 T33 is found out by asking, whatever happened, by many orders side by side':
    'answer what became of a payment',
  'T33 is found out by the customer who comes back from the checkout':
    'answer what became of a payment',
  'T18 T20 ends paid and not failed, when it was captured before it expired':
    'answer what became of a payment',
  'T22 stays paid when the capture was not heard of, and the caller of cancel is told so':
    'answer what became of a payment',
  'is 422 refund_refused with the reason, and makes the order find the refund':
    'refuse a refund at once',
  'is 422 as well where a part was refunded and all is asked for': 'refuse a refund at once',
  'T26 pays, captures, voids and refunds once when it breaks down, before or after it is done':
    'answer what became of a payment',
  'T26 pays, captures, voids and refunds once when it cuts the connection, before or after it is done':
    'answer what became of a payment',
  'T26 pays, captures, voids and refunds once when it has too much to do, before or after it is done':
    'answer what became of a payment',
  'T26 pays, captures, voids and refunds once when it hangs, before or after it is done':
    'answer what became of a payment',
  'T22 T26 T33 says that it does not know, asks again on schedule, and then it knows':
    'answer what became of a payment',
  'T02 pay once whether verify or webhook is first, without anybody waiting for the other':
    'answer what became of a payment',
  'is parked, and the order waits for its own (another installation)':
    'answer what became of a payment',
  'is parked, and the order waits for its own (other software)': 'answer what became of a payment',
  'stays closed once an operator has closed it with a note': 'answer what became of a payment',
  'T31 told by a webhook, and unknown to the gateway however often it is asked: a person decides (unmatched)':
    'answer what became of a payment',
  'T38 T44 taken for another order, and told to this one: a person decides (wrong_order)':
    'answer what became of a payment',
  'T43 are checked over their raw bytes: odd whitespace, key order and letters are theirs':
    'sign the body',
  'T39 not given back, as its refund failed: a person decides (refund_failed)':
    'tell of a refund that is pending',
  'T39 told to be given back after that had failed: a person decides (refund_flip)':
    'tell of a refund that is pending',
  'T39 releases what it had reserved when it fails, and asks a person':
    'tell of a refund that is pending',
  'T37 taken back by the bank: a person decides (capture_reversed)': 'take a capture back',
  'T39 given back, and with us again: a person decides (refund_reversed)': 'take a refund back',
};
