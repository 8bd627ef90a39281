import { z } from 'zod';
import { defineCommand, type AnyCommand, type App } from './command.js';
import { manPage } from './man-page.js';

/** `man`: prints the manual page, made from the schemas (spec row OP-24). The same for every app, and asked for as in `completionCommand`. */
export function manCommand(app: () => App): AnyCommand {
  return defineCommand({
    summary: 'print the manual page, as man and groff read it',
    config: z.object({}),
    examples: [{ does: 'to read it', line: 'man | man -l -' }],
    async run({ print }) {
      print(manPage(app()).trimEnd());
      return 'success';
    },
  });
}
