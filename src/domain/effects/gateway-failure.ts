/** Keeps note of calls that the gateway does not answer, so that operators see what the order waits for. */

import type { EffectEvent } from '../events.ts';
import type { Ledger } from '../ledger.ts';
import type { GatewayCall } from './effects.ts';

/** Any answer, also a no, ends the failure: the gateway can be reached and takes the key. */
export function noteGatewayCall(ledger: Ledger, command: GatewayCall, event: EffectEvent): void {
  if (event.type !== 'effect.unanswered') {
    delete ledger.gatewayFailure;
    return;
  }
  const { since = event.at, tries = 0 } = ledger.gatewayFailure ?? {};
  ledger.gatewayFailure = {
    code: event.code ?? 'gateway_unreachable',
    call: command.effect,
    since,
    tries: tries + event.attempts,
    error: event.reason,
  };
}

export function isMisconfigured({ gatewayFailure }: Ledger): boolean {
  return gatewayFailure?.code === 'gateway_misconfigured';
}
