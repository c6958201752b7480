/** @param epochSeconds as the APIs of gateways have it; answers `YYYY-MM-DD hh:mm:ss` in UTC */
export function localTimeOf(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}
