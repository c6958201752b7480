/** Everything that can become of an order, told on the real stack. The histories of these stories are kept. */
import { COMING_BACK } from './stories/coming-back.ts';
import { DECIDING } from './stories/deciding.ts';
import { ENDING } from './stories/ending.ts';
import { ENDURING } from './stories/enduring.ts';
import { FOLLOWING } from './stories/following.ts';
import { GIVING_BACK } from './stories/giving-back.ts';
import { LOSING } from './stories/losing.ts';
import { PAYING } from './stories/paying.ts';
import type { Story } from './stories/scene.ts';

export const STORIES: Story[] = [
  ...PAYING,
  ...ENDING,
  ...GIVING_BACK,
  ...DECIDING,
  ...ENDURING,
  ...LOSING,
  ...COMING_BACK,
  ...FOLLOWING,
];
