/** A second thread opens every file again. Measured: with files of 70,000 rows it gains a fifth, with files of 1,000 it loses one. */
const MEAN_FILE_BYTES_MIN = 256 * 1024;

/**
 * It takes time to start, to open files again and to have code compiled, and memory. Measured: at a little less than this it gains a
 * tenth of the wall time for a seventh more processor time and 40 MiB, at more than this a fifth and more for less.
 */
const BYTES_MIN = 64 * 1024 * 1024;

/** Whether a merge of files of these sizes is faster with a helper. */
export function helperPays(files: readonly { readonly size: number }[]): boolean {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return bytes >= Math.max(BYTES_MIN, files.length * MEAN_FILE_BYTES_MIN);
}
