/**
 * Applies a command to a stored payment and says what the caller is told.
 * It runs inside the caller's transaction and never commits by itself.
 */

import { type Answer, problem } from '../http/answer.ts';
import type { RepresentPayment } from '../http/representation.ts';
import { savePayment } from '../store/payment-rows.ts';
import type { Database } from '../store/store.ts';
import type { Payment } from './payment.ts';
import type { Outcome } from './submit.ts';
import type { Verdict } from './verdict.ts';

export type ChangePayment = (
  db: Database,
  payment: Payment | undefined,
  command: (payment: Payment) => Verdict,
  present?: (payment: Payment) => Answer,
) => Promise<Outcome>;

export const notFound = (kind: 'payment' | 'refund' | 'webhook'): Answer =>
  problem(404, `${kind}_not_found`, `There is no such ${kind} here.`);

/** Answers with the payment unless `present` says otherwise; refusals carry it too. */
export function createChangePayment(represent: RepresentPayment): ChangePayment {
  const asPayment = (payment: Payment): Answer => ({ status: 200, body: represent(payment) });
  return async (db, payment, command, present = asPayment) => {
    if (payment === undefined) return { answer: notFound('payment') };
    const verdict = command(payment);
    switch (verdict.kind) {
      case 'unchanged':
        return { answer: present(payment) };
      case 'refused': {
        const { status, code, detail } = verdict;
        return { answer: problem(status, code, detail, { payment: represent(payment) }) };
      }
      case 'changed':
        await savePayment(db, verdict.payment);
        return {
          answer: present(verdict.payment),
          changed: { payment: verdict.payment, events: verdict.events },
        };
    }
  };
}
