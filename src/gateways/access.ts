/**
 * Whether each gateway takes its configured key, asked when a process starts. A key that is refused says so
 * at once, and not first with the first customer's click.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Gateway, GatewayMisconfigured } from './gateway.ts';

export type Access = 'unknown' | 'ok' | 'misconfigured' | 'unreachable';

/** Until a gateway has taken the key it is asked again: seldom enough to be no load, soon enough for a probe. */
const ASK_AGAIN_MS = 60_000;

export interface AccessCheck {
  /** What is known of each configured gateway, by its name. */
  read(): Record<string, Access>;
}

/** Called when something else has become known of a gateway than before; `reason` is for an operator. */
export type OnAccess = (gateway: string, access: Access, reason: string) => void;

/** Asks each gateway in the background, until it has taken the key or `signal` ends it. */
export function checkAccess(
  gateways: Readonly<Record<string, Pick<Gateway, 'checkAccess'>>>,
  signal: AbortSignal,
  onAccess: OnAccess,
): AccessCheck {
  const known: Record<string, Access> = {};
  for (const [name, gateway] of Object.entries(gateways)) {
    known[name] = 'unknown';
    void askUntilTaken(name, () => gateway.checkAccess());
  }

  async function askUntilTaken(name: string, ask: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      const { access, reason } = await ask().then(
        () => ({ access: 'ok' as const, reason: 'the gateway takes the configured key' }),
        accessAfter,
      );
      if (known[name] !== access) onAccess(name, access, reason);
      known[name] = access;
      if (access === 'ok') return;
      await sleep(ASK_AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  return { read: () => ({ ...known }) };
}

function accessAfter(error: unknown): { access: Access; reason: string } {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    access: error instanceof GatewayMisconfigured ? 'misconfigured' : 'unreachable',
    reason,
  };
}
