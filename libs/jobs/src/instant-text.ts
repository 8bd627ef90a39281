import { dayOfMs } from '@ticklake/core';

/** The instant `ms` milliseconds after 1970 as RFC 3339 in UTC, e.g. `2026-02-03T04:05:06.007Z` (CM-18). */
export function instantText(ms: number): string {
  const day = dayOfMs(ms);
  const inDay = ((Math.trunc(ms) % 86_400_000) + 86_400_000) % 86_400_000;
  const hours = pad(Math.floor(inDay / 3_600_000), 2);
  const minutes = pad(Math.floor(inDay / 60_000) % 60, 2);
  const seconds = pad(Math.floor(inDay / 1000) % 60, 2);
  return `${day}T${hours}:${minutes}:${seconds}.${pad(inDay % 1000, 3)}Z`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
