/** The frame: who is signed in, where one can go, and the page that is open. */
import {
  Alert,
  Badge,
  Box,
  Button,
  Center,
  Group,
  Loader,
  NavLink,
  Text,
  Title,
} from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, Route, Router, Switch, useLocation } from 'wouter';
import { type Connection, type ListCounts, useFollowChanges, useListCounts } from './api.ts';
import { DisputesPage } from './pages/disputes.tsx';
import { EffectsPage } from './pages/effects.tsx';
import { OrderPage } from './pages/order.tsx';
import { OrdersPage } from './pages/orders.tsx';
import { ParkedPage } from './pages/parked.tsx';
import { ReviewsPage } from './pages/reviews.tsx';
import { SettlementsPage } from './pages/settlements.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { TodayPage } from './pages/today.tsx';
import { DeedDialog } from './parts/deed.tsx';
import { boundedText, When } from './parts/shown.tsx';
import {
  provider,
  type Resumed,
  resume,
  type Session,
  SignedIn,
  signOut,
  useSession,
} from './session.tsx';

/** What is counted beside its name is what somebody may have to do something about. */
const PLACES: readonly (readonly [path: string, name: string, count?: keyof ListCounts])[] = [
  ['/', 'Today'],
  ['/orders', 'Orders', 'orders'],
  ['/reviews', 'Reviews', 'reviews'],
  ['/disputes', 'Disputes', 'openDisputes'],
  ['/effects', 'Effects', 'stuckEffects'],
  ['/parked', 'Parked events', 'parkedEvents'],
  ['/settlements', 'Settlements', 'openDifferences'],
];

export function Console() {
  const [resumed, setResumed] = useState<Resumed | null>(null);
  const queries = useQueryClient();
  useEffect(() => {
    void resume().then(setResumed);
  }, []);
  if (resumed === null)
    return (
      <Center h="100vh">
        <Loader role="status" aria-label="Opening" />
      </Center>
    );
  const { session, refusal } = resumed;
  const enter = (entered: Session): void => setResumed({ session: entered, refusal: null });
  if (session === null) return <SignInPage onSignedIn={enter} refusal={refusal} />;
  const leave = async (): Promise<void> => {
    await signOut(session);
    queries.clear();
    setResumed({ session: null, refusal: null });
  };
  return (
    <SignedIn session={session}>
      <Router base="/console">
        <DeedDialog>
          <Frame onLeave={leave} />
        </DeedDialog>
      </Router>
    </SignedIn>
  );
}

/** Why what is shown may be out of date; null where it is not. */
function outdatedBy(connection: Connection): string | null {
  if (connection.status === 'live') return null;
  if (connection.status === 'lost')
    return 'The API cannot be reached. What you see may be out of date; it is read again once the API answers.';
  if (provider !== null)
    return 'Your session has ended. What you see may be out of date: sign out, and sign in again.';
  const reason = connection.reason ?? 'The API no longer takes your key.';
  return `${reason} What you see may be out of date: sign out, and sign in with another key.`;
}

/** A key that is replaced in time is missed by nobody. */
const WARN_OF_END_MS = 14 * 24 * 3_600_000;

/** Who is signed in and, of a key that ends soon, when. */
function Signature() {
  const { actor, scope, expiresAt } = useSession();
  const endsSoon = expiresAt !== null && Date.parse(expiresAt) - Date.now() < WARN_OF_END_MS;
  return (
    <Text size="sm">
      {actor} ({scope})
      {provider === null && endsSoon && (
        <Text span c="red.9">
          {' '}
          Your key ends <When at={expiresAt} />
        </Text>
      )}
    </Text>
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function Frame({ onLeave }: { onLeave: () => Promise<void> }) {
  const outdated = outdatedBy(useFollowChanges());
  const [refusal, setRefusal] = useState<string | null>(null);
  const leave = (): Promise<void> =>
    onLeave().catch((error: unknown) => setRefusal(messageOf(error)));
  return (
    <>
      <Group component="header" className="frame" justify="space-between" px="md" py="xs" gap={4}>
        <Group gap="xs" wrap="nowrap">
          <Title order={1} size="h4" visibleFrom="md">
            Payonce
          </Title>
          <Pages />
        </Group>
        <Group gap="xs">
          <Signature />
          <Button size="compact-sm" variant="default" onClick={() => void leave()}>
            Sign out
          </Button>
        </Group>
      </Group>
      <Box component="main" p="md">
        {refusal !== null && (
          <Alert color="red" role="alert" title="Not signed out" mb="md">
            {refusal}
          </Alert>
        )}
        {outdated !== null && (
          <Alert color="red" role="alert" title="Not up to date" mb="md">
            {outdated}
          </Alert>
        )}
        <Switch>
          <Route path="/" component={TodayPage} />
          <Route path="/orders" component={OrdersPage} />
          <Route path="/orders/:id">{({ id }) => <OrderPage id={id} />}</Route>
          <Route path="/reviews" component={ReviewsPage} />
          <Route path="/disputes" component={DisputesPage} />
          <Route path="/effects" component={EffectsPage} />
          <Route path="/parked" component={ParkedPage} />
          <Route path="/settlements" component={SettlementsPage} />
          <Route>
            <Title order={2}>No such page</Title>
            <Text>The address may have been cut. Everything is in the menu.</Text>
          </Route>
        </Switch>
      </Box>
    </>
  );
}

function Pages() {
  const [location] = useLocation();
  const counts = useListCounts();
  return (
    <Group component="nav" aria-label="Pages" gap={0}>
      {PLACES.map(([path, name, count]) => (
        <Group key={path} gap={0} wrap="nowrap">
          <NavLink
            component={Link}
            href={path}
            label={name}
            noWrap
            active={path === '/' ? location === '/' : location.startsWith(path)}
            w="auto"
            px="xs"
          />
          {count !== undefined && counts !== undefined && <Count counted={counts[count]} />}
        </Group>
      ))}
    </Group>
  );
}

/** Nothing only where it is sure that nothing waits. */
function Count({ counted }: { counted: ListCounts[keyof ListCounts] }) {
  if (counted.count === 0 && !counted.hasMore) return null;
  return (
    <Badge size="sm" variant="default" tt="none" mx={4}>
      {boundedText(counted)}
    </Badge>
  );
}
