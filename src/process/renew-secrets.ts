/** Takes secrets from files that change while a process runs, and says in its log and metrics what came of it. */
import type { Logger } from 'pino';
import { problemsOf } from './process-life.ts';
import { followSecretFiles, type SecretFiles } from './secret-files.ts';

export interface RenewedSecrets {
  /** Reads the settings anew and uses them, or throws and leaves all as it was. */
  take(): void;
  /** Told after each change. */
  onChange(areRefused: boolean): void;
  log: Logger;
  signal: AbortSignal;
}

/** Ends with `signal`, and at once where no secret lies in a file. */
export function renewSecrets(
  files: SecretFiles,
  { take, onChange, log, signal }: RenewedSecrets,
): Promise<void> {
  return followSecretFiles(files, {
    take: (changed) => {
      take();
      onChange(false);
      log.info({ code: 'secrets_renewed' }, `taken from their files: ${changed.join(', ')}`);
    },
    onRefused: (error) => {
      onChange(true);
      for (const problem of problemsOf(error))
        log.error({ code: 'secrets_refused' }, `the secrets from before stay: ${problem}`);
    },
    signal,
  });
}
