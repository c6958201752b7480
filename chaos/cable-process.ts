/**
 * The cables, and the gate before the gateway, as a process of their own: whoever drives the load may be
 * busy, and what passes here must not wait for that. It ends with its parent.
 */
import { z } from 'zod';
import { type GatewayGate, openGatewayGate } from './gateway-gate.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const LINK_STATES = ['pass', 'slow', 'silent', 'halfOpen', 'cut'] as const;

/** What leads to a port is opened and answered `{name, port}`; `count` is answered `{counts}`. */
const commandSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('open'), name: z.string(), target: z.number() }),
  z.object({
    do: z.literal('openGate'),
    name: z.string(),
    target: z.number(),
    sticky: z.array(z.string()),
  }),
  z.object({ do: z.literal('turn'), name: z.string(), state: z.enum(LINK_STATES) }),
  z.object({ do: z.literal('rage'), seed: z.number().nullable() }),
  z.object({ do: z.literal('count') }),
]);

const cables = new Map<string, TcpProxy>();
let gate: GatewayGate | undefined;

async function obey(message: unknown): Promise<void> {
  const command = commandSchema.parse(message);
  switch (command.do) {
    case 'turn':
      return cables.get(command.name)?.turn(command.state);
    case 'rage':
      return gate?.rage(command.seed);
    case 'count':
      return tell({ counts: gate?.counts });
    case 'openGate': {
      const sticky = new Set(command.sticky);
      gate = await openGatewayGate(command.target, (orderId) => sticky.has(orderId));
      return tell({ name: command.name, port: gate.port });
    }
    case 'open': {
      const cable = await openTcpProxy(command.target);
      cables.set(command.name, cable);
      return tell({ name: command.name, port: cable.port });
    }
  }
}

function tell(answer: object): void {
  process.send?.(answer);
}

process.on('message', (message) => void obey(message));
process.on('disconnect', () => process.exit(0));
