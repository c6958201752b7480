/** What a move has to work with: the world, the gateway's books, the order, and dice of its own. */
import type { Dice } from './dice.ts';
import type { GatewayTruth } from './gateway-truth.ts';
import type { OrderRun } from './order-run.ts';
import type { World } from './world.ts';

export interface Stage {
  world: World;
  truth: GatewayTruth;
  run: OrderRun;
}

export interface Scene extends Stage {
  dice: Dice;
  nth: number;
}

export type Move = (scene: Scene) => void;

/** Signals the order, as the API does. */
export function send(
  { run, world }: Scene,
  signal: string,
  payload: Record<string, unknown>,
): void {
  world.note(() => `${signal} ${JSON.stringify(payload)}`);
  run.signal({ signal, payload });
}
