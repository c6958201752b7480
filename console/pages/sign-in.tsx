import { Alert, Button, Container, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type Session, signIn } from '../session.tsx';

export function SignInPage({ onSignedIn }: { onSignedIn: (session: Session) => void }) {
  const [apiKey, setApiKey] = useState('');
  const [refusal, setRefusal] = useState<string | null>(null);
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
    <Container component="main" size="xs" py="xl">
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
    </Container>
  );
}
