/**
 * `npm run demo`: one order, told step by step, to which everything happens that makes other payment
 * systems charge twice. It runs on the stack of `npm start`, or on one of its own, and counts at the end.
 */
import '../process/oldest-node.ts';

import { loadConfig } from '../config/config.ts';
import { type RunningStack, runningStack } from '../dev/processes/process-file.ts';
import { startStack } from '../dev/stack/stack.ts';
import { runProcess } from '../process/process-life.ts';
import { runStory } from './story.ts';

async function main(): Promise<void> {
  const running = runningStack(loadConfig(process.env).dataDir);
  if (running !== undefined) {
    const orderId = await runOn(running);
    console.log(
      `\nThe order's story: ${running.temporalUiUrl ?? running.temporalAddress}/${orderId}`,
    );
    return;
  }
  console.log('No stack is running here: starting one for the demo.\n');
  const stack = await startStack({ env: process.env, onProgress: (line) => console.log(line) });
  try {
    await runOn({ ...stack, processes: stack.children });
  } finally {
    await stack.stop();
  }
}

async function runOn(stack: RunningStack): Promise<string> {
  const { orderId, isOnce } = await runStory(stack, (line) => console.log(line));
  if (!isOnce) throw new Error('something happened more than once, or not at all: see the table');
  return orderId;
}

await runProcess('demo', main);
