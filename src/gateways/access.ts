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
  /** Asks each gateway anew, as its key may be another one now. */
  again(): void;
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
  let asking = new AbortController();
  for (const name of Object.keys(gateways)) known[name] = 'unknown';
  askAll();

  function askAll(): void {
    const until = AbortSignal.any([signal, asking.signal]);
    for (const [name, gateway] of Object.entries(gateways))
      void askUntilTaken(name, () => gateway.checkAccess(), until);
  }

  async function askUntilTaken(
    name: string,
    ask: () => Promise<void>,
    until: AbortSignal,
  ): Promise<void> {
    while (!until.aborted) {
      const { access, reason } = await ask().then(
        () => ({ access: 'ok' as const, reason: 'the gateway takes the configured key' }),
        accessAfter,
      );
      // What was asked with the key from before says nothing of this one.
      if (until.aborted) return;
      if (known[name] !== access) onAccess(name, access, reason);
      known[name] = access;
      if (access === 'ok') return;
      await sleep(ASK_AGAIN_MS, undefined, { signal: until, ref: false }).catch(() => undefined);
    }
  }

  return {
    read: () => ({ ...known }),
    again() {
      asking.abort();
      asking = new AbortController();
      askAll();
    },
  };
}

function accessAfter(error: unknown): { access: Access; reason: string } {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    access: error instanceof GatewayMisconfigured ? 'misconfigured' : 'unreachable',
    reason,
  };
}
