#!/usr/bin/env node
/** `npm run payonce -- …`: the command line in a process of its own. */
import '../process/oldest-node.ts';

import { runCli } from './run.ts';

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (text) => console.log(text),
  err: (text) => console.error(text),
  write: (text) => process.stdout.write(text),
  ...(process.stderr.isTTY && {
    progress: (text: string) => process.stderr.write(`\r\x1b[K${text}`),
  }),
});
