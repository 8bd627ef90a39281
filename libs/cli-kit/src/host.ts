import type { Clock } from '@ticklake/core';
import type { Terminal } from './terminal.js';

/** Somewhere to write text. */
export interface TextSink {
  write(text: string): unknown;
}

/** A process as a command line sees it; tests pass one made of strings. */
export interface Host {
  /** Without the program and the script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Results only. */
  readonly stdout: TextSink;
  /** Everything else. `columns` is the width of the terminal, where there is one. */
  readonly stderr: TextSink & { readonly isTTY?: boolean; readonly columns?: number };
  /** Who can be asked; `undefined` where nobody sits at it, as in a job of a timer. */
  readonly terminal: Terminal | undefined;
  readonly clock: Clock;
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** Resident memory of this process and of the children it watches, in bytes. */
  residentBytes(): number;
  /** The text of a local file. @throws LakeError `missing` or `denied`. */
  readText(path: string): Promise<string>;
  /** Who may do what with a local file: the low bits of `st_mode`. @throws LakeError `missing` or `denied`. */
  fileMode(path: string): Promise<number>;
}
