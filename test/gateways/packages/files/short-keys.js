import acme from './acme.js';

const { idempotencyKeys } = acme.capabilities;

export default {
  ...acme,
  name: 'short',
  capabilities: { ...acme.capabilities, idempotencyKeys: { ...idempotencyKeys, maxLength: 20 } },
};
