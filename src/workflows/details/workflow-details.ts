/**
 * The order's story for the person who opens it in the Temporal UI: what there is to do, where the
 * money is, what comes next. The UI renders it through a GET request, so it is short and holds no
 * personal data; ids come from outside and are shown as code, so that none of them is read as Markdown.
 */

import { isBusinessEffect } from '../../domain/effects/effects.ts';
import type { Ledger } from '../../domain/ledger.ts';
import { type Deadline, nextDeadline } from '../../domain/schedule/deadlines.ts';
import { openReviews } from '../../domain/sums.ts';
import { type OrderView, viewOf } from '../../domain/view.ts';
import { moneyText } from '../../money/text.ts';
import type { FailingEffect } from '../perform.ts';
import { gatewayAdvice } from './gateway-advice.ts';
import { adviceFor } from './review-advice.ts';

/** The UI puts the story into a URL, and servers take some 8,000 characters. */
const MOST_LINES = 6;
const MOST_CAUSES = 2;

/** By its key. */
type Failing = ReadonlyMap<string, FailingEffect>;

/**
 * Markdown for the workflow's current details.
 *
 * @param failing effects that have failed for long and are tried on
 */
export function workflowDetailsOf(ledger: Ledger, failing: Failing = new Map()): string {
  const view = viewOf(ledger);
  const { duplicates, stale, rejected } = view.counters;
  return [
    `**${view.state}**${view.late ? ' (confirmed late)' : ''}, version ${view.version}`,
    listOf('To do', todoLines(ledger, failing)) ?? 'To do: nothing',
    moneyLine(view),
    accessLine(view),
    listOf('Payments', paymentLines(view)),
    listOf('Disputes', disputeLines(view)),
    listOf('Not known to this version, and left out', (ledger.unknown ?? []).map(code)),
    listOf('Next', nextLines(ledger, failing)),
    `Changed nothing: ${duplicates} repeated, ${stale} too late, ${rejected} rejected`,
  ]
    .filter((part) => part !== null)
    .join('\n\n');
}

/** The empty line is needed: without it the UI shows one paragraph with dashes in it. */
function listOf(title: string, lines: string[]): string | null {
  if (lines.length === 0) return null;
  const shown = lines.slice(-MOST_LINES).map((line) => `- ${line}`);
  const hidden = lines.length - shown.length;
  const more = hidden === 0 ? [] : [`- and ${hidden} more: see the query \`order\``];
  return `${title}:\n\n${[...shown, ...more].join('\n')}`;
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** With spaces, or the UI would not break the line. */
function codeOf(message: object): string {
  return code(JSON.stringify(message, null, 1).replaceAll(/\n */g, ' '));
}

function moneyLine(view: OrderView): string {
  const { amountPaid, amount, currency, amountRefunded, gateway } = view;
  const { amountAuthorized, amountDiscounted, amountFees } = view;
  const money = (amountMinor: number): string => moneyText(amountMinor, currency);
  const refunded = amountRefunded > 0 ? `, ${money(amountRefunded)} refunded` : '';
  const held = amountAuthorized > 0 ? `, ${money(amountAuthorized)} authorized` : '';
  const discounted =
    amountDiscounted > 0 ? `, ${money(amountDiscounted)} let off by the gateway` : '';
  const { amountWrittenOff } = view;
  const writtenOff = amountWrittenOff > 0 ? `, ${money(amountWrittenOff)} written off` : '';
  const fees = amountFees > 0 ? `, ${money(amountFees)} paid to the gateway on top` : '';
  return `Money: ${money(amountPaid)} of ${money(amount)} captured${held}${discounted}${writtenOff}${fees}${refunded}, through ${gateway}`;
}

/** Where it is not what the state of the order says. */
function accessLine({ access }: OrderView): string | null {
  if (access?.status === 'held') return 'Access: held until the dispute has ended';
  return access?.byHand === true ? `Access: ${access.status} by hand` : null;
}

function paymentLines({ payments, currency }: OrderView): string[] {
  return payments.map(({ id, attempt, status, amount }) => {
    const origin = attempt === null ? 'begun at the gateway' : `attempt ${attempt}`;
    const name = id === null ? 'not named yet' : code(id);
    return `${name}: ${status}, ${moneyText(amount, currency)}, ${origin}`;
  });
}

function disputeLines({ disputes, currency }: OrderView): string[] {
  return disputes.map(({ id, amount, status, respondBy }) => {
    const deadline = respondBy == null ? '' : `, to be answered until ${respondBy}`;
    return `${code(id)}: ${status}, ${moneyText(amount, currency)}${deadline}`;
  });
}

function nextLines(ledger: Ledger, failing: Failing): string[] {
  const open = Object.values(ledger.effects).filter(
    ({ status, command: { key } }) => status === 'pending' && !failing.has(key),
  );
  const deadline = nextDeadline(ledger);
  const { held } = ledger;
  return [
    ...open.map(({ command }) => `${code(command.key)} is under way`),
    ...(held.length === 0
      ? []
      : [`${held.length} held: of a payment the gateway does not name yet`]),
    ...(deadline === null ? [] : [deadlineLine(deadline)]),
  ];
}

function deadlineLine({ name, at }: Deadline): string {
  const time = new Date(at).toISOString();
  switch (name) {
    case 'poll':
    case 'sync':
      return `asks the gateway again at ${time}`;
    case 'expiry':
      return `expires at ${time}`;
    case 'authorization':
      return `warns at ${time} that what is authorized ends soon`;
    case 'settlement':
      return `closes at ${time}, unless something happens`;
  }
}

/**
 * Every signal to send is ready to be copied. Its id is new after each event, so that no second
 * decision is taken for a repeat of the first.
 */
function todoLines(ledger: Ledger, failing: Failing): string[] {
  const reviews = openReviews(ledger).map(({ id, reason, version, causes }) => {
    const message = { id: `${id}-by-hand-${ledger.revision}`, reviewId: id, decision: 'approve' };
    const signal = codeOf({ ...message, version, note: 'why' });
    const about = causes.slice(-MOST_CAUSES).map(code).join(', ');
    return `Decide **${id}**, ${code(reason)}, about ${about}. ${adviceFor(reason)} Signal \`review\`: ${signal}`;
  });
  const failed = Object.values(ledger.effects)
    .filter(({ command, status }) => status === 'failed' && isBusinessEffect(command))
    .map(({ command: { key }, error }, index) => {
      const signal = codeOf({ id: `retry-by-hand-${ledger.revision}-${index + 1}`, key });
      const refusal = error === null ? '' : ` (${code(error)})`;
      return `${code(key)} was refused${refusal}: mend the cause, then signal \`retry\`: ${signal}`;
    });
  return [...gatewayLines(ledger), ...failingLines(failing), ...reviews, ...failed];
}

/** A workflow does not see each try of an activity: the API and the command line have the latest. */
function failingLines(failing: Failing): string[] {
  const time = (at: number): string => new Date(at).toISOString();
  return [...failing].map(
    ([key, { since, tries, error, nextTryAt }]) =>
      `${code(key)} has been failing since ${time(since)} (${tries} tries, the last one: ${code(error)}): see the system behind it. It is tried again by ${time(nextTryAt)}, and every minute.`,
  );
}

function gatewayLines(ledger: Ledger): string[] {
  const { gatewayFailure } = viewOf(ledger);
  return gatewayFailure === null ? [] : [gatewayAdvice(ledger.terms.gateway, gatewayFailure)];
}
