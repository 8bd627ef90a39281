/** What a comparison came to. */
export interface Findings {
  readonly runs: number;
  /** Empty where no byte was different, and everything that was to be tried was. */
  readonly problems: readonly string[];
}
