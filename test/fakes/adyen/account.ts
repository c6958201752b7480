/**
 * A merchant account at Adyen, as far as its documentation tells: payment links, the payments that customers make on them,
 * and what becomes of captures, cancellations and refunds, each told by a webhook under an id of its own.
 */
import { randomBytes } from 'node:crypto';

export interface Amount {
  value: number;
  currency: string;
}

export type LinkStatus = 'active' | 'completed' | 'expired' | 'paymentPending';

export interface Link {
  id: string;
  reference: string;
  amount: Amount;
  status: LinkStatus;
  manualCapture: boolean;
  metadata: Readonly<Record<string, string>>;
  /** What its creation was asked for beside that, as it is answered again. */
  asked: object;
}

export interface Modification {
  psp: string;
  amount: Amount;
  status: 'pending' | 'succeeded' | 'failed' | 'reversed';
}

export interface Payment {
  psp: string;
  link: Link;
  status: 'refused' | 'authorised' | 'cancelled' | 'expired';
  captures: Modification[];
  refunds: Modification[];
  dispute: { psp: string; status: 'inquiry' | 'opened' | 'lost' | 'won' | 'second' } | null;
}

/** What an item of a webhook says. */
export interface Told {
  eventCode: string;
  success?: boolean;
  psp: string;
  original?: string;
  link: Pick<Link, 'reference' | 'amount' | 'metadata'>;
  amount?: Amount;
  reason?: string;
  additionalData?: Readonly<Record<string, string>>;
}

/** Answered with 422 and a `ServiceError`. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly errorCode: string;

  constructor(errorCode: string, message: string, status = 422) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}

export type Account = ReturnType<typeof createAccount>;

export function createAccount(tell: (told: Told) => void) {
  const links = new Map<string, Link>();
  const payments = new Map<string, Payment>();

  function linkOf(id: string): Link {
    const link = links.get(id);
    if (link === undefined) throw new ApiProblem('158', 'Payment link not found', 404);
    return link;
  }

  function paymentOf(psp: string): Payment {
    const payment = payments.get(psp);
    if (payment === undefined)
      throw new ApiProblem('167', 'Original pspReference required for this operation');
    return payment;
  }

  /** The last try of a link's customers that was no refusal. */
  const paidBy = (link: Link): Payment | undefined =>
    [...payments.values()].findLast(
      (payment) => payment.link === link && payment.status !== 'refused',
    );

  function attempt(link: Link, status: 'refused' | 'authorised'): Payment {
    if (link.status !== 'active') throw new Error(`the link ${link.id} is ${link.status}`);
    const payment: Payment = {
      ...{ psp: newPsp(), link, status },
      ...{ captures: [], refunds: [], dispute: null },
    };
    payments.set(payment.psp, payment);
    if (status === 'authorised') link.status = 'completed';
    return payment;
  }

  function authorise(link: Link): Payment {
    const payment = attempt(link, 'authorised');
    // Captured by itself, and without a webhook of its own.
    if (!link.manualCapture)
      payment.captures.push({ psp: payment.psp, amount: link.amount, status: 'succeeded' });
    tell({ eventCode: 'AUTHORISATION', success: true, psp: payment.psp, link });
    return payment;
  }

  /** A first capture releases the rest, as several ones are not enabled for this account. */
  function capture({ link, ...payment }: Payment, amount: Amount): string {
    const psp = newPsp();
    const isRight =
      payment.status === 'authorised' &&
      amount.currency === link.amount.currency &&
      amount.value <= link.amount.value &&
      payment.captures.length === 0;
    if (isRight) payment.captures.push({ psp, amount, status: 'succeeded' });
    const reason = isRight ? '' : 'Insufficient balance on payment';
    const said = { original: payment.psp, link, amount, reason };
    tell({ eventCode: 'CAPTURE', success: isRight, psp, ...said });
    return psp;
  }

  function cancel(payment: Payment, eventCode: 'CANCELLATION' | 'TECHNICAL_CANCEL'): string {
    const psp = newPsp();
    const isRight = payment.status === 'authorised' && payment.captures.length === 0;
    if (isRight) payment.status = 'cancelled';
    tell({ eventCode, success: isRight, psp, original: payment.psp, link: payment.link });
    return psp;
  }

  function refund(payment: Payment, amount: Amount, status: 'pending' | 'succeeded'): Modification {
    const left = sum(standing(payment.captures)) - sum(standing(payment.refunds));
    const isRight = amount.value <= left;
    const made: Modification = { psp: newPsp(), amount, status: isRight ? status : 'failed' };
    payment.refunds.push(made);
    if (made.status !== 'pending') tellRefund(payment, made);
    return made;
  }

  function tellRefund({ psp: original, link }: Payment, { psp, amount, status }: Modification) {
    const success = status === 'succeeded';
    const reason = success ? '' : 'Insufficient balance on payment';
    tell({ eventCode: 'REFUND', success, psp, original, link, amount, reason });
  }

  return {
    links,
    payments,
    linkOf,
    paymentOf,
    paidBy,
    authorise,
    capture,
    cancel,
    refund,
    createLink(terms: Omit<Link, 'id' | 'status'>): Link {
      const link: Link = { id: `PL${newPsp()}`, status: 'active', ...terms };
      links.set(link.id, link);
      return link;
    },
    expireLink(id: string): Link {
      const link = linkOf(id);
      if (link.status === 'completed' || link.status === 'paymentPending')
        throw new ApiProblem('29_102', 'The payment link cannot be expired');
      link.status = 'expired';
      return link;
    },
    refuse(link: Link): void {
      const { psp } = attempt(link, 'refused');
      tell({ eventCode: 'AUTHORISATION', success: false, psp, link, reason: 'Refused' });
    },
    /** The bank's answer to a capture that had succeeded. */
    failCapture({ psp: original, link, captures }: Payment): void {
      for (const made of captures.filter(({ status }) => status === 'succeeded')) {
        made.status = 'failed';
        const { psp, amount } = made;
        tell({ eventCode: 'CAPTURE_FAILED', success: true, psp, original, link, amount });
      }
    },
    endRefund(psp: string, end: 'succeeded' | 'failed' | 'reversed'): void {
      for (const payment of payments.values())
        for (const made of payment.refunds.filter((one) => one.psp === psp)) {
          if (made.status === end) continue;
          const wasMade = made.status === 'succeeded';
          made.status = end;
          if (!wasMade) tellRefund(payment, made);
          else {
            const eventCode = end === 'reversed' ? 'REFUNDED_REVERSED' : 'REFUND_FAILED';
            const { link, psp: original } = payment;
            tell({ eventCode, success: true, psp, original, link, amount: made.amount });
          }
        }
    },
    expire(payment: Payment): void {
      payment.status = 'expired';
      tell({ eventCode: 'EXPIRE', success: true, psp: payment.psp, link: payment.link });
    },
    /** The next step of a dispute; all of its events have one id. */
    dispute(
      payment: Payment,
      eventCode: string,
      status: NonNullable<Payment['dispute']>['status'],
    ) {
      const { psp } = payment.dispute ?? { psp: newPsp() };
      payment.dispute = { psp, status };
      const { link, psp: original } = payment;
      const additionalData = { defensePeriodEndsAt: '2037-01-31T03:03:08+02:00' };
      tell({ eventCode, success: true, psp, original, link, additionalData });
    },
  };
}

/** Of captures and refunds: what is not known to have failed. */
export function standing(made: readonly Modification[]): Modification[] {
  return made.filter(({ status }) => status === 'pending' || status === 'succeeded');
}

export function sum(made: readonly Modification[]): number {
  return made.reduce((total, { amount }) => total + amount.value, 0);
}

/** 16 capitals and digits, as Adyen's are. */
export function newPsp(): string {
  return randomBytes(8).toString('hex').toUpperCase();
}
