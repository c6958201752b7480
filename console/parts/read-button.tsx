/** A button that reads something once, and says why where it could not. */
import { Alert, Button } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';

interface Props {
  name: string;
  reading: UseMutationResult<unknown, Error, void>;
}

export function ReadButton({ name, reading }: Props) {
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        loading={reading.isPending}
        onClick={() => reading.mutate()}
      >
        {name}
      </Button>
      {reading.error !== null && (
        <Alert color="red" role="alert" title="It could not be read">
          {reading.error.message}
        </Alert>
      )}
    </>
  );
}
