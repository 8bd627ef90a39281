import { z } from 'zod';

/** Configuration of `inspect`. */
export const inspectConfig = z.object({
  files: z.array(z.string().min(1)).min(1).describe('Parquet files: paths or store URLs'),
  verify: z
    .boolean()
    .default(false)
    .describe('read every value, compare every checksum and hold the file against its receipt'),
  pages: z.boolean().default(true).describe('look at page headers; without, at the footer only'),
  rowGroups: z.boolean().default(false).describe('show every column of every row group'),
});

/** What {@link inspectConfig} comes to. */
export type InspectConfig = z.infer<typeof inspectConfig>;
