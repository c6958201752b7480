/**
 * Run as a process of its own: makes the Temporal SDK fetch the CLI into the folder given as first
 * argument, in the version given as second. The SDK only downloads on its way to a test server, so
 * one is started and ended.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [downloadDir = '', version = ''] = process.argv.slice(2);

try {
  const executable = { type: 'cached-download', downloadDir, version } as const;
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
  await environment.teardown();
  process.exit(0);
} catch (error) {
  // The innermost cause comes last: "… dns error: failed to lookup address information".
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(message.replace(/^.*client error/s, 'client error'));
  process.exit(1);
}
