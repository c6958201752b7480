/**
 * Moves an error's message and stack into a payload, so that the codec encrypts them like everything else.
 * Without it Temporal stores them as plain text, whatever they repeat.
 */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
