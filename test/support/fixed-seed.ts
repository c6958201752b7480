/**
 * For `npm run mutate`: properties try the same values in each run, so that a mutant is killed or survives twice
 * alike, and a failure is not shrunk, as one counterexample is enough.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_261_130, endOnFailure: true });
