/**
 * The effects of a step as rows of this database, where all of them are nothing else. What has to be sent to another
 * system, asked of a gateway or read first is done effect by effect.
 */
import type { Seller } from '../domain/details.ts';
import { crmTypeOf } from '../domain/effects/crm.ts';
import type { QuickEffect } from '../domain/effects/effects.ts';
import type { OrderView } from '../domain/view.ts';
import { NEWEST_LAYOUT } from '../invoices/layouts.ts';
import type { NumberPattern } from '../store/effects/number-series.ts';
import type { StepRows } from '../store/orders/step.ts';
import { bodyOf } from './deliver.ts';
import { payerOf } from './issue-invoice.ts';
import { entryOf } from './post-ledger.ts';

export interface StepSurroundings {
  seller: Seller;
  invoiceNumbers: NumberPattern;
  /** Grants are posted to another system. */
  postsAccess: boolean;
  /** Changes of state are posted to another system. */
  postsCrm: boolean;
}

/** Null where one of the effects is more than rows. */
export function rowsOf(
  effects: readonly QuickEffect[],
  order: OrderView,
  { seller, invoiceNumbers, postsAccess, postsCrm }: StepSurroundings,
): StepRows | null {
  const rows: StepRows = { grants: [], invoice: null, crm: [], entries: [] };
  const { amount: amountMinor, currency, customer } = order;
  const customerId = customer.id;
  for (const effect of effects) {
    const { key } = effect;
    if (effect.effect === 'post_ledger') rows.entries.push(entryOf(order, effect));
    else if (effect.effect === 'grant_access' && !postsAccess)
      rows.grants.push({
        ...{ key, epoch: effect.epoch, customerId },
        body: bodyOf('access.granted', order),
      });
    else if (effect.effect === 'update_crm' && !postsCrm) {
      const type = crmTypeOf(effect);
      rows.crm.push({ key, type, body: bodyOf(type, order, effect.about?.id) });
    } else if (effect.effect === 'issue_invoice' && rows.invoice === null) {
      const { epoch, discountMinor = null, paidBy } = effect;
      const paper = { seller, layout: NEWEST_LAYOUT, ...invoiceNumbers };
      const money = { amountMinor, discountMinor, currency, gateway: payerOf(order, paidBy) };
      rows.invoice = { key, epoch, customerId, ...paper, ...money };
    } else return null;
  }
  return rows;
}
