/** A second thread opens every file again. Measured: with files of 70,000 rows it gains a fifth, with files of 1,000 it loses one. */
const MEAN_FILE_BYTES_MIN = 256 * 1024;

/** It takes half a second of processor time until it is as fast as the first. Measured: at half of this it loses, at more it gains. */
const BYTES_MIN = 256 * 1024 * 1024;

/** Whether a merge of files of these sizes is faster with a helper. */
export function helperPays(files: readonly { readonly size: number }[]): boolean {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return bytes >= Math.max(BYTES_MIN, files.length * MEAN_FILE_BYTES_MIN);
}
