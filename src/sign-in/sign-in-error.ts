/** Why nobody is signed in, in words for the person at the browser. */

/**
 * `invalid`: this try is of no use, another one may be. `refused`: this person does not get in. `unavailable`: nobody
 * does, until an operator or time has put it right.
 */
export type SignInFailure = 'invalid' | 'refused' | 'unavailable';

export class SignInError extends Error {
  override readonly name = 'SignInError';
  readonly failure: SignInFailure;
  /** For the log: a code of the library's or of the protocol's, and nothing that was sent. */
  readonly reason: string;

  constructor(
    failure: SignInFailure,
    message: string,
    { reason, cause }: { reason: string; cause?: unknown },
  ) {
    super(message, { cause });
    this.failure = failure;
    this.reason = reason;
  }
}
