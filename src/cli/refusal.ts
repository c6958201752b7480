/** The two ways in which a command fails; the exit code tells scripts which. */

/** The request was understood and not done: exit code 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** The command line or the environment is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
