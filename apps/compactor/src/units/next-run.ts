/** Milliseconds since 1970: the next instant after `nowMs` at which it is `at` (`HH:MM`) in UTC. */
export function nextRunMs(at: string, nowMs: number): number {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const today = new Date(nowMs).setUTCHours(hours, minutes, 0, 0);
  return today > nowMs ? today : today + 86_400_000;
}
