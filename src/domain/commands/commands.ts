/**
 * What callers ask for. A command whose answer depends on the gateway waits in the ledger and is
 * recorded when the gateway has said it.
 */

import { applyRow } from '../apply-row.ts';
import type { Context, Verdict } from '../context.ts';
import type { CommandEvent } from '../events.ts';
import { decideReview } from '../reviews/reviews.ts';
import { decideAccess } from './access.ts';
import { cancel } from './cancel.ts';
import { capture } from './capture.ts';
import { extend } from './extend.ts';
import { attach } from './foreign-payment.ts';
import { receiveByHand, returnByHand } from './manual.ts';
import { pay } from './pay.ts';
import { refund } from './refund.ts';
import { resend } from './resend.ts';
import { sync, verify } from './verify.ts';
import { voidAuthorization } from './void.ts';
import { type CommandOf, rejected } from './waiting.ts';
import { writeOff } from './write-off.ts';

/** Takes up a command; null means that its caller waits for the gateway. */
export function applyCommand(context: Context, command: CommandEvent): Verdict | null {
  switch (command.type) {
    case 'pay':
      return pay(context, command);
    case 'verify':
      return verify(context, command);
    case 'sync':
      return sync(context, command);
    case 'cancel':
      return cancel(context, command);
    case 'refund':
      return refund(context, command);
    case 'capture':
      return capture(context, command);
    case 'void':
      return voidAuthorization(context, command);
    case 'write_off':
      return writeOff(context, command);
    case 'access':
      return decideAccess(context, command);
    case 'review':
      return decideReview(context, command);
    case 'retry':
      return retry(context, command);
    case 'resend':
      return resend(context, command);
    case 'attach':
      return attach(context, command);
    case 'manual_payment':
      return receiveByHand(context, command);
    case 'manual_refund':
      return returnByHand(context, command);
    case 'extend':
      return extend(context, command);
  }
}

function retry(context: Context, command: CommandOf<'retry'>): Verdict {
  const { effects } = context.ledger;
  const entry = Object.hasOwn(effects, command.key) ? effects[command.key] : undefined;
  if (entry?.status !== 'failed') return rejected('effect_not_failed');
  return applyRow(context, 'retry.requested', {
    cause: command.key,
    reason: `${command.key} is tried again`,
    effects: { retry: (starter) => starter.restart(entry) },
  });
}
