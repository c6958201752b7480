/** What a month waits for, as its document and the command line say it. */

interface MissingReports {
  gateway: string;
  /** `YYYY-MM-DD`, as all days here. */
  reportedTo: string | null;
  dueTo: string;
  missingDays: readonly string[];
}

/** Such as `stripe is reported up to 2026-11-29, not to 2026-12-07`. */
export function missingText({ gateway, reportedTo, dueTo, missingDays }: MissingReports): string {
  if (reportedTo === null) return `${gateway} is not reported yet`;
  return [
    `${gateway} is reported up to ${reportedTo}`,
    ...(reportedTo < dueTo ? [`not to ${dueTo}`] : []),
    ...(missingDays.length > 0 ? [`without ${missingDays.join(', ')}`] : []),
  ].join(', ');
}
