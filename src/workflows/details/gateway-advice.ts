/** What an operator reads about a gateway that does not answer an order. */
import type { GatewayFailureView } from '../../domain/view.ts';

export function gatewayAdvice(gateway: string, failure: GatewayFailureView): string {
  const { code, call, since, tries, error, nextTryAt } = failure;
  const trouble = `${gateway} has not answered since ${since} (${call}, ${tries} ${tries === 1 ? 'try' : 'tries'}: ${error})`;
  const next = nextTryAt === null ? '' : ` The order asks again at ${nextTryAt}.`;
  return code === 'gateway_misconfigured'
    ? `${trouble}. Correct the key: until then nobody can pay or be refunded through ${gateway}.${next}`
    : `${trouble}. See the status page of ${gateway} and the network of the workers.${next}`;
}
