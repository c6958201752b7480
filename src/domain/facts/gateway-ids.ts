/** Ids of a payment that calls have to name, heard of one after another. */
import type { Ledger, Payment } from '../ledger.ts';
import type { GatewayIds } from './facts.ts';

/** More names than any gateway has for one payment. */
const MAX_NAMES = 10;

/** The first value of a name stays. Returns whether one of the names is new. */
export function keepGatewayIds(payment: Payment, given: GatewayIds | undefined): boolean {
  const known = payment.gatewayIds ?? {};
  const added = Object.entries(given ?? {}).filter(([name]) => !Object.hasOwn(known, name));
  if (added.length === 0 || Object.keys(known).length + added.length > MAX_NAMES) return false;
  payment.gatewayIds = { ...known, ...Object.fromEntries(added) };
  return true;
}

/** For a call about one payment. */
export function namesOf({ gatewayIds }: Payment): { gatewayIds?: GatewayIds } {
  return gatewayIds === undefined ? {} : { gatewayIds };
}

/** For a call about several: by payment, of those that have such ids. */
export function namesOfAll(
  { payments }: Ledger,
  paymentIds: readonly string[],
): { gatewayIds?: Readonly<Record<string, GatewayIds>> } {
  const named = paymentIds.flatMap((id) => {
    const { gatewayIds } = payments[id] ?? {};
    return gatewayIds === undefined ? [] : [[id, gatewayIds] as const];
  });
  return named.length === 0 ? {} : { gatewayIds: Object.fromEntries(named) };
}
