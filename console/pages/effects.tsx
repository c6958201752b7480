import { Alert, Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { type StuckEffect, usePages } from '../api.ts';
import { RunAgain } from '../parts/decisions.tsx';
import { countOf, ListTitle, Loaded, More, Nothing, When } from '../parts/shown.tsx';
import { useSession } from '../session.tsx';

interface Page {
  effects: StuckEffect[];
  nextCursor: string | null;
}

export function EffectsPage() {
  const pages = usePages<Page>('/v1/effects?limit=100');
  return (
    <Stack>
      <ListTitle name="Effects" count="stuckEffects" />
      <Text>Effects that were refused for good, or that are tried again and again.</Text>
      <Loaded query={pages}>
        {(data) => {
          const stuck = data.pages.flatMap(({ effects }) => effects);
          return stuck.length === 0 ? (
            <Nothing>No effect is stuck.</Nothing>
          ) : (
            <>
              {stuck.map((effect) => (
                <Stuck key={effect.key} effect={effect} />
              ))}
              <More pages={pages} />
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}

function Stuck({ effect }: { effect: StuckEffect }) {
  const { scope } = useSession();
  const { key, orderId, status, attempts, error, since, nextTryAt } = effect;
  const isFailed = status === 'failed';
  return (
    <Alert
      color={isFailed ? 'red' : 'yellow'}
      title={key}
      className="id"
      role="article"
      aria-label={key}
    >
      <Text size="sm">
        {isFailed ? 'Refused' : 'Waits'} after {countOf(attempts, 'try', 'tries')}:{' '}
        {error ?? 'no reason was given'}.
      </Text>
      {!isFailed && (
        <Text size="sm">
          Failing since <When at={since} />, tried again at <When at={nextTryAt} />.
        </Text>
      )}
      <Anchor component={Link} href={`/orders/${orderId}`}>
        {orderId}
      </Anchor>
      {isFailed && scope === 'ops' && (
        <div>
          <RunAgain orderId={orderId} effectKey={key} />
        </div>
      )}
    </Alert>
  );
}
