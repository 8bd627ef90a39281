/** The spellings of an instant that an archive mixes. `us` counts microseconds since 1970. */
export const instants = {
  /** `2026-01-01T17:54:42.435Z`. */
  millisZ: (us: number) => new Date(Math.floor(us / 1000)).toISOString(),
  /** `2026-01-01T17:54:42Z`. */
  secondsZ: (us: number) => `${seconds(us)}Z`,
  /** `2026-01-01T17:54:42.436046Z`. */
  microsZ: (us: number) => `${seconds(us)}.${micros(us)}Z`,
  /** `2026-01-01T17:54:42.436046+00:00`. */
  microsOffset: (us: number) => `${seconds(us)}.${micros(us)}+00:00`,
  /** Both endings at once, as one builder really wrote it: `2026-01-01T17:54:42.436046+00:00Z`. */
  microsBoth: (us: number) => `${seconds(us)}.${micros(us)}+00:00Z`,
} as const;

function seconds(us: number): string {
  return new Date(Math.floor(us / 1000)).toISOString().slice(0, 19);
}

function micros(us: number): string {
  return String(us % 1_000_000).padStart(6, '0');
}
