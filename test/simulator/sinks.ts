/**
 * Where business effects end up: access, papers, the CRM and the books, each doing a key once however
 * often it is asked. They count what they are asked, and object to a key with another content.
 */
import type { BusinessEffect } from '../../src/domain/effects/effects.ts';
import type { EffectResult } from '../../src/domain/events.ts';
import { demand } from '../invariants/demand.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './agenda.ts';
import type { World } from './world.ts';

interface Entitlement {
  granted: boolean;
  revoked: boolean;
}

export interface Sinks {
  /** By epoch. */
  entitlements: Map<number, Entitlement>;
  /** By key, in the order in which they were first done. */
  done: Map<string, BusinessEffect>;
  perform(command: BusinessEffect, reply: (result: EffectResult) => void): void;
  /** Null where it did not work out, or nobody has heard of it in time. */
  tryOnce(command: BusinessEffect): EffectResult | null;
}

export function createSinks(world: World): Sinks {
  const { agenda, dice, faults } = world;
  const entitlements: Sinks['entitlements'] = new Map();
  const done: Sinks['done'] = new Map();

  const commit = (command: BusinessEffect): void => {
    const known = done.get(command.key);
    demand(
      known === undefined || contentOf(known) === contentOf(command),
      'one key, one content',
      () => `${JSON.stringify(known)} then ${JSON.stringify(command)}`,
    );
    demand(
      !('after' in command) || command.after === undefined || done.has(command.after),
      'effects wait for each other',
      () => `${command.key} overtook ${'after' in command ? command.after : ''}`,
    );
    if (known !== undefined) return;
    done.set(command.key, command);
    if (command.effect === 'grant_access') grant(entitlements, command.epoch);
    if (command.effect === 'revoke_access') revoke(entitlements, command.epoch);
  };

  const later = (what: () => void): void =>
    agenda.after(faults.on ? dice.pick([0, SECOND_MS, MINUTE_MS, 3 * HOUR_MS]) : SECOND_MS, what);

  const isRefused = (): boolean => faults.on && dice.chance(faults.sinkRefusal);

  return {
    entitlements,
    done,
    tryOnce(command) {
      if (isRefused()) return refusalOf(command);
      const isHeard = !faults.on || !dice.chance(faults.sinkTrouble);
      // Unheard of: done, done a little later, or not done.
      const how = isHeard ? 'at once' : dice.pick(['at once', 'later', 'never']);
      if (how === 'at once') commit(command);
      if (how === 'later') agenda.after(SECOND_MS, () => commit(command));
      return isHeard ? answerOf(command) : null;
    },
    perform(command, reply) {
      const answer = (): void => reply(answerOf(command));
      if (isRefused()) return later(() => reply(refusalOf(command)));
      if (!faults.on || !dice.chance(faults.sinkTrouble)) {
        commit(command);
        return answer();
      }
      // Done late, done and heard of late, or done twice because nobody heard of the first time.
      const isEarly = dice.chance(0.5);
      if (isEarly) commit(command);
      later(() => {
        commit(command);
        later(answer);
      });
    },
  };
}

/** However often it is sent, it is the same message. */
function contentOf(command: BusinessEffect): string {
  return JSON.stringify({ ...command, times: undefined });
}

function answerOf({ key }: BusinessEffect): EffectResult {
  return { key, type: 'effect.answered', attempts: 1, answer: null };
}

function refusalOf({ key }: BusinessEffect): EffectResult {
  return { key, type: 'effect.refused', attempts: 1, code: 'http_422' };
}

function grant(entitlements: Sinks['entitlements'], epoch: number): void {
  if (!entitlements.has(epoch)) entitlements.set(epoch, { granted: true, revoked: false });
}

/** A revocation that comes first leaves a tombstone. */
function revoke(entitlements: Sinks['entitlements'], epoch: number): void {
  const granted = entitlements.get(epoch)?.granted ?? false;
  entitlements.set(epoch, { granted, revoked: true });
}
