/**
 * The customer's access by a person's decision, such as for goodwill or after abuse. It goes before what the order would
 * do by itself; how long it lasts is in `effects/access.ts`.
 */

import { applyRow } from '../apply-row.ts';
import type { Context, Verdict } from '../context.ts';
import { earnedOf, grantAccess, revokeAccess } from '../effects/access.ts';
import type { Ledger } from '../ledger.ts';
import type { RowOf } from '../table.ts';
import type { CommandOf } from './waiting.ts';

export function decideAccess(context: Context, command: CommandOf<'access'>): Verdict {
  return command.action === 'grant' ? grant(context, command) : revoke(context, command);
}

function grant(context: Context, { id }: CommandOf<'access'>): Verdict {
  const { access } = context.ledger;
  if (access.granted)
    return applyRow(context, 'access.grant.requested.repeated', {
      cause: id,
      caller: {},
      reason: 'access is granted already',
    });
  return applyRow(context, 'access.grant.requested', {
    cause: id,
    caller: {},
    evolve: () => {
      access.byHand = 'granted';
    },
    effects: { grant: grantAccess },
    reason: ({ words }) => `${words}, access granted by hand`,
  });
}

function revoke(context: Context, { id }: CommandOf<'access'>): Verdict {
  const { ledger } = context;
  const { access } = ledger;
  const row = revokeRow(ledger);
  if (row !== 'access.revoke.requested')
    return applyRow(context, row, {
      cause: id,
      caller: {},
      reason: 'access is revoked by hand already',
    });
  return applyRow(context, row, {
    cause: id,
    caller: {},
    evolve: () => {
      // What was granted for nothing ends with this; money that comes later earns access as ever.
      if (earnedOf(ledger).stands) access.byHand = 'revoked';
      else delete access.byHand;
    },
    effects: { revoke: revokeAccess },
    reason: ({ words }) => `${words}, access revoked by hand`,
  });
}

function revokeRow(ledger: Ledger): RowOf<'access.revoke.requested'> {
  const { granted, byHand } = ledger.access;
  if (byHand === 'revoked') return 'access.revoke.requested.repeated';
  // What is held during a dispute is not to come back with its end.
  const isThere = granted || earnedOf(ledger).stands;
  return isThere ? 'access.revoke.requested' : 'access.revoke.requested.none';
}
