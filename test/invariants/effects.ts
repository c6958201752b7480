/** Effects: what is called done was done, once under its key, and nothing was done that was not decided. */
import { type Invariant, type OrderEvidence, wrong } from './evidence.ts';

export const doneAsDecided: Invariant = {
  name: 'I18 what is called done was done, and nothing else',
  check(evidence) {
    const { orderId, order } = evidence;
    if (order === null) return [];
    const done = keysDone(evidence);
    const decided = new Map(order.view.effects.map(({ key, status }) => [key, status]));
    const missing = order.view.effects.filter(
      ({ key, effect, status }) =>
        status === 'done' && effect !== 'park_payment' && !done.includes(key),
    );
    return [
      ...missing.map(({ key }) => wrong(orderId, `${key} is called done, and was not done`)),
      ...[...new Set(done)]
        .filter((key) => !decided.has(key))
        .map((key) => wrong(orderId, `${key} was done, and never decided`)),
      ...[...new Set(done)]
        .filter((key) => done.filter((other) => other === key).length > 1)
        .map((key) => wrong(orderId, `${key} was done twice`)),
    ];
  },
};

/** One entry of the books has two sides, and the CRM may have got one message more than once. */
function keysDone(evidence: OrderEvidence): string[] {
  const { entitlements, invoices, creditNotes, postings, crm } = evidence;
  const keys = [
    ...entitlements.flatMap(({ grantKey, revokeKey }) => [grantKey, revokeKey]),
    ...invoices.map(({ key }) => key),
    ...creditNotes.map(({ key }) => key),
    ...postings.filter(({ side }) => side === 'debit').map(({ key }) => key),
    ...new Set(crm.filter(({ isTaken }) => isTaken).map(({ key }) => key)),
  ];
  return keys.filter((key) => key !== null);
}
