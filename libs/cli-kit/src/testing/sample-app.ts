import { z } from 'zod';
import { completionCommand } from '../completion-command.js';
import { defineCommand, type App } from '../command.js';
import { manCommand } from '../man-command.js';

/** An app with a flag of every kind, and texts that shells and manual pages trip over. */
export const sampleApp: App = {
  name: 'sample-tool',
  version: '1.2.3',
  summary: "it's a tool",
  defaultCommand: 'run',
  commands: {
    run: defineCommand({
      summary: 'do "all" of it: [now]',
      config: z.object({
        raw: z.string().describe('where the $HOME of files is').meta({ path: true }),
        mode: z.enum(['daily', 'catch-up']).default('daily').describe("which days; it's one of two"),
        dateFrom: z
          .string()
          .optional()
          .describe('.first day')
          .meta({ aliases: ['start'] }),
        troubles: z
          .array(z.enum(['failed', 'stale']))
          .default([])
          .describe('a \\ list'),
        overwrite: z.boolean().default(false).describe('replace `it`'),
        isolate: z.boolean().default(true).describe('apart'),
        hook: z.string().default('canary').describe('secret').meta({ secret: true }),
      }),
      examples: [{ does: 'all of a day', line: 'run --raw /data --mode daily' }],
      run: () => Promise.resolve('success'),
    }),
    inspect: defineCommand({
      summary: 'look into a file',
      config: z.object({ file: z.string().describe('which').meta({ path: true }) }),
      positionals: ['file'],
      run: () => Promise.resolve('success'),
    }),
    'quality-report': defineCommand({
      summary: 'how days stand',
      config: z.object({ days: z.int().default(14).describe('how many') }),
      flag: 'quality-report',
      run: () => Promise.resolve('success'),
    }),
    completion: completionCommand(() => sampleApp),
    man: manCommand(() => sampleApp),
  },
};
