/**
 * `npm run build:bundle`: builds the workflow bundle of these sources where workers and replay tests look
 * for it, so that a release starts with the very file that was replayed. Says which one it is.
 */
import './process/oldest-node.ts';

import { workflowBundle } from './temporal/workflow-bundle.ts';

console.log((await workflowBundle()).codePath);
