/**
 * The order's story for the person who opens it in the Temporal UI: where the money is, what is waited
 * for, what to do. The UI renders it through a GET request, so it is short and holds no personal data.
 */
import { nextDeadline } from '../domain/deadlines.ts';
import { isBusinessEffect } from '../domain/effects.ts';
import type { Ledger } from '../domain/ledger.ts';
import { openReviews } from '../domain/sums.ts';
import { type OrderView, viewOf } from '../domain/view.ts';

/** Markdown for the workflow's current details. */
export function storyOf(ledger: Ledger): string {
  const view = viewOf(ledger);
  return [
    `**${view.state}**${view.late ? ' (confirmed late)' : ''}, version ${view.version}`,
    moneyLine(view),
    ...paymentLines(view),
    ...waitingLines(ledger),
    ...todoLines(ledger),
    `Repeats absorbed: ${view.counters.duplicates}, stale: ${view.counters.stale}, rejected: ${view.counters.rejected}`,
  ].join('\n\n');
}

function moneyLine(view: OrderView): string {
  const { amountPaid, amount, currency, amountRefunded, gateway } = view;
  const refunded = amountRefunded > 0 ? `, ${amountRefunded} refunded` : '';
  return `Paid ${amountPaid} of ${amount} ${currency} (minor units) through ${gateway}${refunded}`;
}

function paymentLines(view: OrderView): string[] {
  if (view.payments.length === 0) return [];
  return [
    view.payments
      .map(({ id, attempt, status, amount }) => {
        const origin = attempt === null ? 'begun at the gateway' : `attempt ${attempt}`;
        return `- ${id ?? 'not named yet'}: ${status}, ${amount}, ${origin}`;
      })
      .join('\n'),
  ];
}

function waitingLines(ledger: Ledger): string[] {
  const open = Object.values(ledger.effects).filter(({ status }) => status === 'pending');
  const deadline = nextDeadline(ledger);
  const waits = [
    ...open.map(({ command }) => `- ${command.key}`),
    ...(deadline === null ? [] : [`- ${deadline.name} at ${new Date(deadline.at).toISOString()}`]),
  ];
  return waits.length === 0 ? [] : [`Waiting for:\n${waits.join('\n')}`];
}

function todoLines(ledger: Ledger): string[] {
  const reviews = openReviews(ledger).map(
    ({ id, reason, version }) =>
      `- Decide review **${id}** (${reason}): send signal \`review\` with ` +
      `\`{"id": "any-new-id", "reviewId": "${id}", "decision": "approve", "version": ${version}, "note": "why"}\` or "reject"`,
  );
  const failed = Object.values(ledger.effects)
    .filter(({ command, status }) => status === 'failed' && isBusinessEffect(command))
    .map(
      ({ command, error }) =>
        `- **${command.key}** was refused (${error}): mend the cause, then send signal \`retry\` with ` +
        `\`{"id": "any-new-id", "key": "${command.key}"}\``,
    );
  const todo = [...reviews, ...failed];
  return [todo.length === 0 ? 'To do: nothing' : `To do:\n${todo.join('\n')}`];
}
