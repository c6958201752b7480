/** Shows that a process could not take what its files of secrets hold. */
import { Gauge, type Registry } from 'prom-client';

export function showSecretFiles(registry: Registry): (areRefused: boolean) => void {
  const refused = new Gauge({
    name: 'payonce_secret_files_refused',
    help: '1 while files of secrets hold what was not taken, and the values from before count.',
    registers: [registry],
  });
  return (areRefused) => refused.set(areRefused ? 1 : 0);
}
