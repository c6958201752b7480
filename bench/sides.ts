/** All sides, in the order in which they are measured and shown. */
import { payonce } from './payonce/side.ts';
import type { Side } from './side.ts';
import { temporalFloor } from './temporal-floor.ts';
import { temporalNaive } from './temporal-naive/side.ts';

export const SIDES: readonly Side[] = [payonce, temporalNaive, temporalFloor];
