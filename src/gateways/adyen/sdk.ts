/**
 * The parts of Adyen's SDK that are used. It is CommonJS, whose default exports `import` names differently from one
 * runtime to another, and its models take some ten megabytes, which a process without Adyen does without.
 */
import { createRequire } from 'node:module';
import type ClientOf from '@adyen/api-library/lib/src/client.js';
import type * as config from '@adyen/api-library/lib/src/config.js';
import type CheckoutOf from '@adyen/api-library/lib/src/services/checkout/index.js';
import type * as update from '@adyen/api-library/lib/src/typings/checkout/updatePaymentLinkRequest.js';
import type HmacValidatorOf from '@adyen/api-library/lib/src/utils/hmacValidator.js';

const load = createRequire(import.meta.url);
const FOLDER = '@adyen/api-library/lib/src';

export function loadSdk() {
  const client = load(`${FOLDER}/client.js`) as typeof ClientOf;
  const checkout = load(`${FOLDER}/services/checkout/index.js`) as typeof CheckoutOf;
  const { EnvironmentEnum } = load(`${FOLDER}/config.js`) as typeof config;
  const { UpdatePaymentLinkRequest } = load(
    `${FOLDER}/typings/checkout/updatePaymentLinkRequest.js`,
  ) as typeof update;
  return {
    Client: client.default,
    CheckoutAPI: checkout.default,
    EnvironmentEnum,
    UpdatePaymentLinkRequest,
  };
}

/** What checks signatures is small, and loaded by itself. */
export function createHmacValidator(): InstanceType<typeof HmacValidatorOf.default> {
  const validator = load(`${FOLDER}/utils/hmacValidator.js`) as typeof HmacValidatorOf;
  return new validator.default();
}
