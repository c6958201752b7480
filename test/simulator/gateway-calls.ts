/**
 * The way to the simulated gateway and back: slow, and with answers lost before or after the call took
 * effect. What a call does once it has arrived is in gateway-commands.ts.
 */
import type { GatewayCall } from '../../src/domain/effects/effects.ts';
import type { EffectResult } from '../../src/domain/events.ts';
import { MINUTE_MS, SECOND_MS } from './agenda.ts';
import { createGatewayCommands, KEY_MEMORY_MS, type Said } from './gateway-commands.ts';
import type { GatewayTruth } from './gateway-truth.ts';
import type { World } from './world.ts';

/** How often what the gateway saved under a key is an error, as long as it remembers the key. */
const SPOILED = 0.05;

/** How often a call arrives after nobody waits for it inside the task any more. */
const SLOW = 0.3;

export type Reply = (result: EffectResult) => void;

export interface GatewayCalls {
  call(command: GatewayCall, reply: Reply): void;
  /** Null where no answer has come in time. */
  tryOnce(command: GatewayCall): EffectResult | null;
}

export function createGatewayCalls(world: World, truth: GatewayTruth): GatewayCalls {
  const { agenda, dice, faults } = world;
  const commit = createGatewayCommands(world, truth);
  const spoiled = new Map<string, number>();
  const isSpoiled = (key: string): boolean =>
    agenda.now() - (spoiled.get(key) ?? -KEY_MEMORY_MS) < KEY_MEMORY_MS;
  const later = (what: () => void): void =>
    agenda.after(
      faults.on ? dice.pick([0, 0, SECOND_MS, 30 * SECOND_MS, 10 * MINUTE_MS]) : SECOND_MS,
      what,
    );

  /** What the caller hears of it; null for nothing. */
  const way = ({ key }: GatewayCall): ((command: GatewayCall) => Said | null) => {
    const isLost = faults.on && dice.chance(faults.callLoss);
    const isDone = !isLost || dice.chance(0.5);
    if (isLost && isDone && dice.chance(SPOILED)) spoiled.set(key, agenda.now());
    return (command) => {
      const said = isDone ? commit(command) : null;
      const isHeard = said !== null && !isLost && !isSpoiled(key);
      if (!isHeard) world.note(() => `gateway: ${key} ${isDone ? 'is done, unheard' : 'is lost'}`);
      return isHeard ? said : null;
    };
  };

  return {
    tryOnce(command) {
      const arrive = way(command);
      const isSlow = faults.on && dice.chance(SLOW);
      if (isSlow) agenda.after(SECOND_MS, () => arrive(command));
      const said = isSlow ? null : arrive(command);
      return said && resultOf(command.key, said);
    },
    call(command, reply) {
      const arrive = way(command);
      later(() => {
        const said = arrive(command);
        later(() => reply(resultOf(command.key, said)));
      });
    },
  };
}

function resultOf(key: string, said: Said | null): EffectResult {
  if (said === null) return { key, type: 'effect.unanswered', attempts: 1, reason: 'timeout' };
  return 'refused' in said
    ? {
        key,
        type: 'effect.refused',
        attempts: 1,
        code: said.refused,
        ...(said.isGone ? { isGone: true } : {}),
        ...(said.isUnpayable ? { isUnpayable: true } : {}),
      }
    : { key, type: 'effect.answered', attempts: 1, answer: said };
}
