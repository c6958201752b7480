/** Mollie with a mistake that authors make: a key of its own for each call, so that a repeat is another payment. */
import { randomBytes } from 'node:crypto';
import mollie from '../../../../examples/gateway-mollie/index.ts';

export default {
  ...mollie,
  create(settings: Parameters<typeof mollie.create>[0]) {
    const gateway = mollie.create(settings);
    return {
      ...gateway,
      createPayment: (request: Parameters<typeof gateway.createPayment>[0]) =>
        gateway.createPayment({ ...request, idempotencyKey: randomBytes(16).toString('hex') }),
    };
  },
};

export { openStandIn } from '../../../../examples/gateway-mollie/index.ts';
