/** A second thread opens every file again. Measured: with files of 70,000 rows it gains a fifth, with files of 1,000 it loses one. */
const MEAN_FILE_BYTES_MIN = 256 * 1024;

/**
 * It takes two or three tenths of a second of processor time more than one thread alone, which only a core that has nothing else to do gives for
 * nothing. Measured: of 125 MiB the first thread has 0.8 instead of 1.2 s, and half of what all threads have is 1.0; of 57 MiB
 * 0.41 instead of 0.63, and 0.48.
 */
const BYTES_MIN = 64 * 1024 * 1024;

/** Whether a merge of files of these sizes is faster with a helper. */
export function helperPays(files: readonly { readonly size: number }[]): boolean {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return bytes >= Math.max(BYTES_MIN, files.length * MEAN_FILE_BYTES_MIN);
}
