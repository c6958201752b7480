/**
 * The way of webhooks: delivered several times or never, late and in any order. Once faults are over
 * every fact arrives, and what an order that has closed could not ask for is sent again.
 */
import type { Fact } from '../../src/domain/facts/facts.ts';
import type { InboxItem } from '../../src/workflows/inbox/messages.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './agenda.ts';
import type { TruePayment } from './gateway-truth.ts';
import type { World } from './world.ts';

export interface Webhooks {
  tell(fact: Fact, payment: TruePayment): void;
  /** Sends what was lost: all of it, or only of payments that nobody here began. */
  resend(which: 'all' | 'adopted'): void;
}

interface Lost {
  fact: Fact;
  payment: TruePayment;
}

export function createWebhooks(world: World, signal: (item: InboxItem) => void): Webhooks {
  const { agenda, dice, faults } = world;
  const lost: Lost[] = [];
  let events = 0;

  const delay = (): number => {
    if (!faults.on) return dice.pick([SECOND_MS, MINUTE_MS, HOUR_MS]);
    if (!dice.chance(faults.webhookDelay)) return dice.pick([0, 0, SECOND_MS]);
    return dice.pick([MINUTE_MS, HOUR_MS, DAY_MS, 3 * DAY_MS]);
  };

  const deliver = (fact: Fact, eventId: string, isHint: boolean): void => {
    const { paymentId } = fact;
    agenda.after(delay(), () => {
      world.note(
        () => `webhook ${eventId}: ${isHint ? 'look at' : JSON.stringify(fact)} ${paymentId}`,
      );
      if (isHint)
        signal({ signal: 'verify', payload: { id: eventId, source: 'webhook', paymentId } });
      else signal({ signal: 'webhook', payload: { id: eventId, fact } });
    });
  };

  const send = (fact: Fact): void => {
    events += 1;
    const isHint = dice.chance(0.1);
    const times = faults.on && dice.chance(faults.webhookRepeat) ? dice.pick([2, 3, 8]) : 1;
    for (let i = 0; i < times; i += 1) {
      // Some gateways give a repeated delivery an id of its own.
      const eventId = dice.chance(0.1) ? `evt_${events}_${i}` : `evt_${events}`;
      deliver(fact, eventId, isHint);
    }
  };

  return {
    tell(fact, payment) {
      if (faults.on && dice.chance(faults.webhookLoss)) {
        world.note(() => `webhook lost: ${JSON.stringify(fact)}`);
        lost.push({ fact, payment });
      } else send(fact);
    },
    resend(which) {
      for (const { fact, payment } of lost.splice(0))
        if (which === 'all' || payment.key === null) send(fact);
    },
  };
}
