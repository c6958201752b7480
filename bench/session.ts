/**
 * One side, running for one round: with a gateway, a database and a folder of its own, all of them
 * gone when it ends.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Databases } from './databases.ts';
import { endWithBench } from './end-with-bench.ts';
import { type Gateway, startGateway } from './gateway.ts';
import type { Roles } from './measuring/cpu-time.ts';
import { type EffectWatch, NO_EFFECTS, watchEffects } from './measuring/effect-watch.ts';
import type { RunningSide, Side } from './side.ts';

export interface Session {
  side: RunningSide;
  effects: EffectWatch;
  /** Tells whoever waits how far it has come. */
  tell(line: string): void;
  /** With the gateway and PostgreSQL. */
  roles(): Roles;
  /** A new order id. */
  nextOrderId(): string;
  /** Tells that so many more orders have been paid. */
  notePaid(count: number): void;
  /** @throws Error unless every paid order has each effect exactly once */
  expectExactlyOnce(): Promise<void>;
  stop(): Promise<void>;
}

export interface Surroundings {
  /** Folder for the data of sides. */
  folder: string;
  databases: Databases;
  onProgress(line: string): void;
}

/** Signs the webhooks of the bench; it guards nothing. */
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

let sessions = 0;

export async function openSession(side: Side, surroundings: Surroundings): Promise<Session> {
  const { folder, databases, onProgress } = surroundings;
  sessions += 1;
  const name = `${side.name}-${sessions}`;
  const dataDir = await mkdtemp(path.join(folder, `${name}-`));
  await chmod(dataDir, 0o755);
  const databaseUrl = await databases.create(name);
  const webhookSecret = WEBHOOK_SECRET;
  const gateway = side.hasOwnGateway ? undefined : await startGateway({ dataDir, webhookSecret });
  const gatewayUrl = gateway?.url ?? '';
  try {
    const options = { dataDir, databaseUrl, webhookSecret, gatewayUrl, onProgress };
    const running = await side.start(options);
    return createSession(running, { name, databaseUrl, dataDir, gateway, databases, onProgress });
  } catch (error) {
    await gateway?.stop();
    throw error;
  }
}

interface Place {
  name: string;
  databaseUrl: string;
  dataDir: string;
  gateway: Gateway | undefined;
  databases: Databases;
  onProgress(line: string): void;
}

function createSession(side: RunningSide, place: Place): Session {
  const { name, databaseUrl, dataDir, gateway, databases } = place;
  const { effectRows } = side;
  const effects = effectRows === undefined ? NO_EFFECTS : watchEffects(databaseUrl, effectRows);
  let [orders, paid] = [0, 0];
  const roles = () => ({
    ...side.processes(),
    ...(gateway && { gateway: [gateway.pid] }),
    postgres: [databases.pid()],
  });
  const letGo = endWithBench(() => Object.values(side.processes()).flat());
  return {
    side,
    effects,
    roles,
    tell: place.onProgress,
    nextOrderId: () => {
      orders += 1;
      return `ord_${name}_${orders}`;
    },
    notePaid: (count) => {
      paid += count;
    },
    expectExactlyOnce: () => effects.expectExactly(paid),
    stop: async () => {
      letGo();
      await effects.close();
      await side.stop();
      await gateway?.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
