import { sizeText } from '@ticklake/cli-kit';
import { z } from 'zod';
import { USUAL_UNITS } from '../units/unit-settings.js';

/** Where the unit files of this host are and what they are called. */
export const unitPlaceConfig = {
  unitsDir: z
    .string()
    .min(1)
    .default('/etc/systemd/system')
    .describe('directory of the unit files')
    .meta({ aliases: ['dir'] }),
  unitName: z
    .string()
    .default(USUAL_UNITS.name)
    .describe('stem of their names; quantlab-compact gives the names of the first runbook')
    .meta({ aliases: ['name'] }),
};

/** Configuration of `install-units`. */
export const installUnitsConfig = z.object({
  ...unitPlaceConfig,
  user: z.string().default('deploy').describe('account that the job runs as'),
  dynamicUser: z
    .boolean()
    .default(false)
    .describe('have systemd make up an account for each run; for a lake that is not on this disk'),
  exec: z.string().default(USUAL_UNITS.exec).describe('the program, an absolute path'),
  environmentFile: z
    .string()
    .default(USUAL_UNITS.environmentFile)
    .describe('file of NAME=value lines that systemd gives to the job'),
  at: z.string().default(USUAL_UNITS.at).describe('time of the daily run, HH:MM in UTC'),
  writePath: z
    .array(z.string())
    .default([...USUAL_UNITS.writePaths])
    .describe('directories that the job may write to: a local lake, a scratch directory')
    .meta({ aliases: ['write-paths'] }),
  memoryMax: sizeText
    .prefault('3GiB')
    .describe('memory after which the kernel ends a process of the job: MemoryMax='),
  apply: z.boolean().default(false).describe('write the files; otherwise they are printed'),
  yes: z.boolean().default(false).describe('write over files that are there and differ'),
});

/** What {@link installUnitsConfig} comes to. */
export type InstallUnitsConfig = z.infer<typeof installUnitsConfig>;
