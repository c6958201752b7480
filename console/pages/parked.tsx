import { Anchor, Box, Button, Card, Checkbox, Code, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { moneyText } from '../../src/money/text.ts';
import { type ParkedEvent, type ParkedEventWithBody, useGet, useRead } from '../api.ts';
import { DeedButton } from '../parts/deed.tsx';
import { ReadButton } from '../parts/read-button.tsx';
import { ListTitle, Loaded, Nothing, Rest, When } from '../parts/shown.tsx';
import { useSession } from '../session.tsx';

const ATTACHABLE = ['foreign_payment', 'event_orphaned'];
const NOTE = { name: 'note', label: 'Why', kind: 'words' } as const;

export function ParkedPage() {
  const [isAll, setIsAll] = useState(false);
  const events = useGet<{ events: ParkedEvent[]; nextCursor: string | null }>(
    `/v1/parked-events?limit=100${isAll ? '' : '&status=parked'}`,
  );
  return (
    <Stack>
      <ListTitle name="Parked events" count="parkedEvents" />
      <Text>Events that no order could take.</Text>
      <Checkbox
        label="Also those that are settled"
        checked={isAll}
        onChange={(event) => setIsAll(event.currentTarget.checked)}
      />
      <Loaded query={events}>
        {(found) =>
          found.events.length === 0 ? (
            <Nothing>Nothing is parked.</Nothing>
          ) : (
            <>
              {found.events.map((event) => (
                <Parked key={event.id} event={event} />
              ))}
              <Rest
                nextCursor={found.nextCursor}
                hint="The command payonce parked lists all of them."
              />
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}

/** Read and decrypted only where somebody wants to see it, and once: each look is in the log under their name. */
function Received({ id }: { id: string }) {
  const reading = useRead<ParkedEventWithBody>(`/v1/parked-events/${id}`);
  if (reading.data === undefined)
    return (
      <Box mt="xs">
        <ReadButton name="Show what was received" reading={reading} />
      </Box>
    );
  const { body, bodyEncoding } = reading.data;
  return (
    <>
      <Button size="compact-sm" variant="default" mt="xs" onClick={() => reading.reset()}>
        Hide it
      </Button>
      <Code block mt="xs" role="region" tabIndex={0} aria-label="What was received">
        {bodyEncoding === 'base64' ? `no text; in base64: ${body}` : body}
      </Code>
    </>
  );
}

function Parked({ event }: { event: ParkedEvent }) {
  const { scope } = useSession();
  const { id, type, gateway, reason, status, orderId, paymentId, amount, currency } = event;
  const money = amount === null || currency === null ? '' : `, ${moneyText(amount, currency)}`;
  const path = `/v1/parked-events/${id}`;
  return (
    <Card withBorder component="article" aria-label={`event ${id}`}>
      <Group justify="space-between">
        <Text fw={600} className="id">
          {type ?? 'of no known type'} from {gateway}
        </Text>
        <Text>{status}</Text>
      </Group>
      <Text size="sm" className="id">
        {reason}
        {money}
        {paymentId === null ? '' : `, payment ${paymentId}`}, received{' '}
        <When at={event.receivedAt} />
      </Text>
      {orderId !== null && (
        <Anchor component={Link} href={`/orders/${orderId}`} className="id">
          {orderId}
        </Anchor>
      )}
      {event.decidedBy !== null && (
        <Text size="sm">
          {event.decidedBy}: {event.note ?? 'without a note'}
        </Text>
      )}
      {scope === 'ops' && <Received id={id} />}
      {scope === 'ops' && status === 'parked' && (
        <Group mt="xs">
          <DeedButton
            deed={{
              name: 'Deliver again',
              consequence:
                'Its order is given the event once more; what it has taken before changes nothing.',
              path: `${path}/redeliver`,
              fields: [NOTE],
            }}
          />
          {ATTACHABLE.includes(reason) && paymentId !== null && (
            <DeedButton
              deed={{
                name: 'Attach',
                consequence:
                  'The payment counts as one of this order, as the gateway knows it. It may be another order than the event names, of the same gateway.',
                path: `${path}/attach`,
                fields: [
                  {
                    name: 'orderId',
                    label: 'Order',
                    isRequired: true,
                    ...(orderId === null ? {} : { initial: orderId }),
                  },
                  NOTE,
                ],
              }}
            />
          )}
          <DeedButton
            deed={{
              name: 'Close',
              consequence: 'Nothing is done about it, and it is no longer listed.',
              path: `${path}/close`,
              fields: [{ ...NOTE, isRequired: true }],
              color: 'red.9',
            }}
          />
        </Group>
      )}
    </Card>
  );
}
