/** A partition to compact: how many rows of one symbol's day, in how many files. */
export interface Shape {
  readonly name: string;
  readonly rows: number;
  readonly files: number;
  /** How many files' time each file reaches back into its neighbours. */
  readonly overlap: number;
  /** What `ulimit -n` says; absent: what it is on this machine. */
  readonly openFilesMax?: number;
  /** Whether it differs from others that are in the number of rows, and so of files, alone. */
  readonly isScaled?: true;
}

/** Files are all of one size, as those of one stream are. */
const scaled = (factor: number): Shape => ({
  name: `${factor} ×`,
  rows: 1_000_000 * factor,
  files: Math.ceil(2.88 * factor),
  overlap: 0.1,
  isScaled: true,
});

/** The place to add to. */
export const SHAPES: readonly Shape[] = [
  scaled(1),
  scaled(10),
  { name: 'many inputs', rows: 1_000_000, files: 5_000, overlap: 0.1 },
  { name: 'many inputs, 64 open files', rows: 400_000, files: 2_000, overlap: 0.1, openFilesMax: 64 },
  { name: 'the same, interleaved', rows: 400_000, files: 2_000, overlap: 400, openFilesMax: 64 },
];

/** What takes minutes. */
export const NIGHTLY: readonly Shape[] = [scaled(100)];
