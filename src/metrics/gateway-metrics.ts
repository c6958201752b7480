/** Counts calls to gateways, and shows whose key is refused. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { CallOutcome, OnGatewayCall } from '../gateways/watched.ts';

const OUTCOMES: readonly CallOutcome[] = ['answered', 'refused', 'unanswered', 'misconfigured'];

/** @param gateways names of those that are configured */
export function countGatewayCalls(registry: Registry, gateways: readonly string[]): OnGatewayCall {
  const calls = new Counter({
    name: 'payonce_gateway_calls_total',
    help: 'Calls to gateways by what came of them; misconfigured means that the key was refused.',
    labelNames: ['gateway', 'outcome'],
    registers: [registry],
  });
  const misconfigured = new Gauge({
    name: 'payonce_gateway_misconfigured',
    help: 'Whether the gateway refused the configured key when it was last called (1) or took it (0).',
    labelNames: ['gateway'],
    registers: [registry],
  });
  // An alert on an increase needs a series to begin at zero.
  for (const gateway of gateways) {
    misconfigured.set({ gateway }, 0);
    for (const outcome of OUTCOMES) calls.inc({ gateway, outcome }, 0);
  }
  return (gateway, outcome) => {
    calls.inc({ gateway, outcome });
    // Silence says nothing about the key.
    if (outcome !== 'unanswered')
      misconfigured.set({ gateway }, outcome === 'misconfigured' ? 1 : 0);
  };
}
