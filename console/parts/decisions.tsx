/** What waits for a person in an order: each with its consequences, and the buttons that settle it. */
import { Alert, Group, Text } from '@mantine/core';
import { REVIEW_REASONS } from '../../src/domain/reviews/reasons.ts';
import { adviceFor } from '../../src/workflows/details/review-advice.ts';
import type { Order } from '../api.ts';
import { useSession } from '../session.tsx';
import { DeedButton } from './deed.tsx';
import { countOf, When } from './shown.tsx';

const WHY = { name: 'note', label: 'Why', kind: 'words', isRequired: true } as const;

export function OpenReviews({ order }: { order: Order }) {
  const open = order.reviews.filter(({ status }) => status === 'open');
  return (
    <>
      {open.map(({ id, reason, version, openedAt }) => (
        <Alert key={id} color="yellow" title={`${reason} (${id})`} mt="xs">
          <Text size="sm">
            Since <When at={openedAt} />. {adviceText(reason)}
          </Text>
          <Group mt="xs">
            {(['approve', 'reject'] as const).map((decision) => (
              <DeedButton
                key={decision}
                deed={{
                  name: decision === 'approve' ? 'Approve' : 'Reject',
                  consequence: `${consequence(reason, decision)} You decide on version ${version} of ${id}.`,
                  path: `/v1/orders/${order.id}/reviews/${id}`,
                  body: { decision, version },
                  fields: [WHY],
                  color: decision === 'approve' ? 'teal.9' : 'red.9',
                }}
              />
            ))}
          </Group>
        </Alert>
      ))}
    </>
  );
}

export function RefusedEffects({ order }: { order: Order }) {
  const { scope } = useSession();
  const refused = order.effects.filter(({ status }) => status === 'failed');
  return (
    <>
      {refused.map(({ key, error, attempts }) => (
        <Alert key={key} color="red" title={key} mt="xs" className="id">
          <Text size="sm">
            Refused after {countOf(attempts, 'try', 'tries')}: {error ?? 'no reason was given'}.
            Mend the cause, then run it again.
          </Text>
          {scope === 'ops' && <RunAgain orderId={order.id} effectKey={key} />}
        </Alert>
      ))}
    </>
  );
}

export function RunAgain({ orderId, effectKey }: { orderId: string; effectKey: string }) {
  return (
    <DeedButton
      deed={{
        name: 'Run again',
        consequence: 'It runs again under its own key, so that what was done is not done twice.',
        path: `/v1/orders/${orderId}/effects/${encodeURIComponent(effectKey)}/retry`,
        fields: [{ ...WHY, isRequired: false }],
      }}
    />
  );
}

function adviceText(reason: string): string {
  const known = REVIEW_REASONS.find((name) => name === reason);
  return known === undefined ? '' : adviceFor(known);
}

/** Its half of the advice. */
function consequence(reason: string, decision: 'approve' | 'reject'): string {
  const [, approving = '', rejecting = ''] =
    /Approve: (.*)\. Reject: (.*)\.$/.exec(adviceText(reason)) ?? [];
  const words = decision === 'approve' ? approving : rejecting;
  return words === '' ? '' : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
