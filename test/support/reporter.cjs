/**
 * Mocha's spec reporter with a last line that a script can read: `N passed, N failed`, and the
 * number skipped where there are any. Nothing may be printed after it.
 */
const { reporters } = require('mocha');

module.exports = class SummaryReporter extends reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    const skipped = pending > 0 ? `, ${pending} skipped` : '';
    reporters.Base.consoleLog(`${passes} passed, ${failures} failed${skipped}`);
  }
};
