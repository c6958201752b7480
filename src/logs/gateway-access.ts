/** Logs whether a gateway takes the configured key. */
import type { Logger } from 'pino';

/** @returns what a check of the gateways' keys calls with each finding */
export function logAccess(log: Logger): (gateway: string, access: string, reason: string) => void {
  return (gateway, access, reason) => {
    const fields = { gateway, code: `gateway_${access}`, reason };
    if (access === 'ok') return log.info(fields, `gateway ${gateway} takes the configured key`);
    return log.error(fields, `gateway ${gateway} is ${access}: ${reason}`);
  };
}
