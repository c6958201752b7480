/** Everything that a person may do to an order, each with what it will do. */
import { Group } from '@mantine/core';
import { MANUAL_METHODS } from '../../src/domain/facts/manual.ts';
import { moneyText } from '../../src/money/text.ts';
import type { Order } from '../api.ts';
import { useSession } from '../session.tsx';
import { type Deed, DeedButton, type Field } from './deed.tsx';

const NOTE: Field = { name: 'note', label: 'Why', kind: 'words' };
const METHOD: Field = {
  name: 'method',
  label: 'Method',
  kind: { oneOf: MANUAL_METHODS },
};
const REFERENCE: Field = {
  name: 'reference',
  label: 'Reference',
  description: 'The money’s own name: the same reference again is the same money.',
  isRequired: true,
};

export function OrderDeeds({ order }: { order: Order }) {
  const { scope } = useSession();
  const deeds = [...ofSupport(order), ...(scope === 'ops' ? ofOperators(order) : [])];
  return (
    <Group gap="xs">
      {deeds.map((deed) => (
        <DeedButton key={deed.name} deed={deed} />
      ))}
    </Group>
  );
}

function amountField(currency: string, isRequired: boolean): Field {
  return {
    name: 'amount',
    label: `Amount in minor units of ${currency}`,
    kind: { minorUnitsOf: currency },
    isRequired,
  };
}

/** Minor units that the gateway can still give back: not what was received by hand or is promised already. */
function leftAtGateway({ amountPaid, amountRefunded, payments, refunds }: Order): number {
  const byHand = payments
    .filter(({ manual }) => manual !== null)
    .reduce((total, payment) => total + payment.amount - payment.amountRefunded, 0);
  const promised = refunds
    .filter(({ status }) => status === 'requested' || status === 'pending')
    .reduce((total, refund) => total + refund.amount, 0);
  return amountPaid - amountRefunded - byHand - promised;
}

function ofSupport(order: Order): Deed[] {
  const { id, currency } = order;
  const left = leftAtGateway(order);
  if (left <= 0) return [];
  return [
    {
      name: 'Refund',
      consequence: `Gives money back through the gateway: all that is left (${moneyText(left, currency)}), or the part that you name.`,
      path: `/v1/orders/${id}/refunds`,
      body: { amount: left },
      fields: [amountField(currency, false), { name: 'reason', label: 'Why', kind: 'words' }],
      color: 'red.9',
    },
  ];
}

function ofOperators(order: Order): Deed[] {
  const { id, state, currency, gateway, amountPaid, payments } = order;
  const path = `/v1/orders/${id}`;
  const isWaiting = ['initiated', 'pending', 'partially_paid', 'failed'].includes(state);
  const returned: Deed = {
    name: 'Record a refund by hand',
    consequence:
      'Records money that was given back without the gateway, with books and credit note.',
    path: `${path}/manual-refunds`,
    fields: [
      METHOD,
      REFERENCE,
      amountField(currency, true),
      { name: 'returnedOn', label: 'Given back on', kind: 'day', isRequired: true },
      NOTE,
    ],
  };
  const sync: Deed = {
    name: 'Sync',
    consequence: `Asks ${gateway} for the present truth of all payments of the order, and applies it.`,
    path: `${path}/sync`,
  };
  return [
    ...(order.capture === 'manual' && order.amountAuthorized > 0 ? ofHeld(order) : []),
    ...(payments.some(({ manual }) => manual === null) ? [sync] : []),
    ...(isWaiting ? whileWaiting(path, currency, gateway) : []),
    ...(state === 'partially_paid' ? [writeOffOf(order)] : []),
    ...(amountPaid > 0 ? [returned] : []),
    ...ofAccess(order),
    ...ofPersonalData(order),
  ];
}

/** What it is about is the order as it was read: that version is named. */
function ofAccess({ id, version, access }: Order): Deed[] {
  const path = `/v1/orders/${id}/access`;
  const fields = [{ ...NOTE, isRequired: true }];
  const seen = `You decide on version ${version} of the order.`;
  const grant: Deed = {
    name: 'Grant access',
    consequence: `Gives the customer access, also while a dispute is open or where nothing was paid. It ends when the order is refunded or cancelled, or when somebody revokes it. ${seen}`,
    path,
    body: { action: 'grant' },
    fields,
  };
  const revoke: Deed = {
    name: 'Revoke access',
    consequence: `Takes the customer’s access away. No money moves, and nothing gives it back but a person who grants it. ${seen}`,
    path,
    body: { action: 'revoke' },
    fields,
    color: 'red.9',
  };
  return [
    ...(access.status === 'granted' ? [] : [grant]),
    ...(access.status === 'granted' || access.status === 'held' ? [revoke] : []),
  ];
}

function ofPersonalData({ id, customer }: Order): Deed[] {
  if (customer.erasedAt !== undefined) return [];
  const why: Field = {
    ...NOTE,
    isRequired: true,
    description: 'Kept for ever, so without personal data.',
  };
  return [
    {
      name: 'Correct the e-mail address',
      consequence:
        'The next payment attempt and the next paper have it. Papers that were issued keep theirs.',
      path: `/v1/orders/${id}/customer`,
      fields: [{ name: 'email', label: 'E-mail address', isRequired: true }, why],
    },
    {
      name: 'Erase the customer',
      consequence: `Erases e-mail address, name, address, shipping, description and metadata of all orders of ${customer.id}, for ever. Orders that are still needed are erased by themselves later; books, invoices and credit notes keep what the law requires.`,
      path: `/v1/customers/${encodeURIComponent(customer.id)}/erasure`,
      fields: [why],
      color: 'red.9',
    },
  ];
}

function ofHeld({ id, currency, gateway, amount, amountAuthorized, ...order }: Order): Deed[] {
  const lacking = amount - order.amountDiscounted - order.amountWrittenOff - order.amountPaid;
  const all = Math.min(amountAuthorized, lacking);
  return [
    {
      name: 'Capture',
      consequence: `${gateway} takes what is authorized: all of it (${moneyText(all, currency)}), or the part that you name, where it can.`,
      path: `/v1/orders/${id}/captures`,
      body: { amount: all },
      fields: [amountField(currency, false), NOTE],
    },
    {
      name: 'Void',
      consequence: `${gateway} lets go of what is authorized (${moneyText(amountAuthorized, currency)}). The order stays open, and its customer can pay anew.`,
      path: `/v1/orders/${id}/void`,
      fields: [NOTE],
      color: 'red.9',
    },
  ];
}

function writeOffOf({ id, currency, amount, amountDiscounted, amountPaid, ...order }: Order): Deed {
  const rest = amount - amountDiscounted - order.amountWrittenOff - amountPaid;
  return {
    name: 'Write off the rest',
    consequence: `You do without ${moneyText(rest, currency)}: the order is paid, with access and invoice, and the books have the rest as an expense. What could still be paid is voided.`,
    path: `/v1/orders/${id}/write-off`,
    body: { amount: rest },
    fields: [NOTE],
  };
}

function whileWaiting(path: string, currency: string, gateway: string): Deed[] {
  return [
    {
      name: 'Cancel',
      consequence: `${gateway} voids what could still be paid, then the order is cancelled. What was paid of it is refunded; where the customer is faster, it stays paid.`,
      path: `${path}/cancel`,
      fields: [{ name: 'reason', label: 'Why', kind: 'words' }],
      color: 'red.9',
    },
    {
      name: 'Record a payment by hand',
      consequence:
        'Records money that was received without the gateway. It counts as any other: paid in full, the customer gets access and an invoice.',
      path: `${path}/manual-payments`,
      fields: [
        METHOD,
        REFERENCE,
        amountField(currency, true),
        { name: 'receivedOn', label: 'Received on', kind: 'day', isRequired: true },
        NOTE,
      ],
    },
    {
      name: 'Give more time',
      consequence:
        'Moves the expiry. An order that has expired is open again, and its customer can pay.',
      path: `${path}/expiry`,
      fields: [
        { name: 'expiresAt', label: 'To be paid until', kind: 'time', isRequired: true },
        NOTE,
      ],
    },
  ];
}
