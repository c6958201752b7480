/**
 * Finds the Temporal CLI before the tests start, or builds it: minutes that belong to no test's time limit.
 */
import { findTemporalCli } from '../src/dev/temporal/temporal-cli.ts';
import { readTemporalDevFile } from '../src/dev/temporal/temporal-dev-file.ts';
import { runProcess } from '../src/process/process-life.ts';

await runProcess('temporal', async () => {
  const { version } = readTemporalDevFile();
  const onProgress = (line: string): void => console.log(line);
  console.log(await findTemporalCli({ env: process.env, version, onProgress }));
});
