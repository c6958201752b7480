/** Settlement recon, as razorpay.com/docs/api/settlements/fetch-recon has it: what was settled on a day in India. */
import { collection, refused } from './answers.ts';
import type { Answer, ReconItem, World } from './world.ts';

/** India has no daylight saving time. */
const INDIA_MS = 5.5 * 60 * 60_000;
const MAX_COUNT = 1_000;

export function listRecon(world: World, query: URLSearchParams): Answer {
  const [year, month, day] = ['year', 'month', 'day'].map((name) => query.get(name));
  if (!year || !month) return refused('The year and month fields are required.');
  const count = Number(query.get('count') ?? 10);
  if (count > MAX_COUNT) return refused('The count may not be greater than 1000.');
  const skip = Number(query.get('skip') ?? 0);
  const wanted = [year, month, ...(day ? [day] : [])].join('-');
  const settled = world.recon.filter((item) => dayOf(item).startsWith(wanted));
  world.reconCalls += 1;
  const answer = collection(settled.slice(skip, skip + count));
  world.afterReconCall?.(world.reconCalls);
  return answer;
}

function dayOf({ settled_at: at }: ReconItem): string {
  return new Date(at * 1_000 + INDIA_MS).toISOString().slice(0, 10);
}
