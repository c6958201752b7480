/** Logs whether a gateway takes the configured key. */
import type { Logger } from 'pino';
import type { OnAccess } from '../gateways/access.ts';

export function logAccess(log: Logger): OnAccess {
  return (gateway, access, reason) => {
    const fields = { gateway, code: `gateway_${access}`, reason };
    if (access === 'ok') return log.info(fields, `gateway ${gateway} takes the configured key`);
    return log.error(fields, `gateway ${gateway} is ${access}: ${reason}`);
  };
}
