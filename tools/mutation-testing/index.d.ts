export { type PartialStrykerOptions } from '@stryker-mutator/api/core';
export { Stryker } from '@stryker-mutator/core';
export declare const MOCHA_RUNNER: string;
