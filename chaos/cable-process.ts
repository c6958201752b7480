/**
 * The cables as a process of their own: whoever drives the load may be busy, and what passes through a
 * cable must not wait for that. It ends with its parent.
 */
import { z } from 'zod';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const LINK_STATES = ['pass', 'slow', 'silent', 'halfOpen', 'cut'] as const;

/** `open` makes a cable to a port and is answered `{name, port}`; `turn` is not answered. */
const commandSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('open'), name: z.string(), target: z.number() }),
  z.object({ do: z.literal('turn'), name: z.string(), state: z.enum(LINK_STATES) }),
]);

const cables = new Map<string, TcpProxy>();

async function obey(message: unknown): Promise<void> {
  const command = commandSchema.parse(message);
  if (command.do === 'turn') return cables.get(command.name)?.turn(command.state);
  const cable = await openTcpProxy(command.target);
  cables.set(command.name, cable);
  process.send?.({ name: command.name, port: cable.port });
}

process.on('message', (message) => void obey(message));
process.on('disconnect', () => process.exit(0));
