/** A flag that is not of a configuration. */
export interface CommonFlag {
  /** Without the dashes. */
  readonly flag: string;
  /** What its value is called; `undefined` for a switch. */
  readonly value: string | undefined;
  readonly description: string;
}

/** Flags that every command has, beside `--help`. */
export const COMMON_FLAGS: readonly CommonFlag[] = [
  { flag: 'config', value: 'file', description: 'read settings from this JSON file (TICKLAKE_CONFIG)' },
  {
    flag: 'env-file',
    value: 'file',
    description: 'read variables that are not set from this file of KEY=VALUE lines',
  },
  {
    flag: 'print-config',
    value: undefined,
    description: 'show every setting and where it comes from, then stop',
  },
  { flag: 'json', value: undefined, description: 'print results as JSON' },
];
