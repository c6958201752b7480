import { Alert, Button, Container, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type Provider, provider, type Session, signIn } from '../session.tsx';

interface SignInProps {
  onSignedIn: (session: Session) => void;
  /** Why somebody who was signed in is no longer. */
  refusal: string | null;
}

export function SignInPage(props: SignInProps) {
  return (
    <Container component="main" size="xs" py="xl">
      {provider === null ? <KeyForm {...props} /> : <AtProvider {...provider} />}
    </Container>
  );
}

/** It leads back to the page that was asked for. */
function AtProvider({ name, signInUrl }: Provider) {
  const to = encodeURIComponent(window.location.pathname + window.location.search);
  return (
    <Stack>
      <Title order={1}>Payonce</Title>
      <Text>You get in with the role that {name} has for you.</Text>
      <Button component="a" href={`${signInUrl}?to=${to}`}>
        Sign in with {name}
      </Button>
    </Stack>
  );
}

function KeyForm({ onSignedIn, refusal: firstRefusal }: SignInProps) {
  const [apiKey, setApiKey] = useState('');
  const [refusal, setRefusal] = useState<string | null>(firstRefusal);
  const [isSending, setIsSending] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsSending(true);
    try {
      onSignedIn(await signIn(apiKey.trim()));
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setIsSending(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <Title order={1}>Payonce</Title>
        <Text>Sign in with your API key of the scope support or ops. It stays in this tab.</Text>
        <PasswordInput
          label="API key"
          value={apiKey}
          onChange={(event) => setApiKey(event.currentTarget.value)}
          autoComplete="off"
          required
          data-autofocus
        />
        {refusal !== null && (
          <Alert color="red" role="alert" title="Not signed in">
            {refusal}
          </Alert>
        )}
        <Button type="submit" loading={isSending}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
