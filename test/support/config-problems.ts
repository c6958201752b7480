/** What is wrong with a configuration, by its own account. */
import assert from 'node:assert/strict';
import { ConfigError } from '../../src/config/config.ts';

/** @returns the problems that `run` throws; none when it throws nothing */
export function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    return error.problems;
  }
  return [];
}
