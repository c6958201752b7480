/**
 * `npm start`: everything that Payonce needs, on this machine, with nothing installed by hand.
 */
import './process/oldest-node.ts';

import { runInForeground } from './dev/stack/foreground.ts';

process.exitCode = await runInForeground({ env: process.env }, (line) => console.log(line));
process.exit();
