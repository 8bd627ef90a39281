import { z } from 'zod';
import { defineCommand, type AnyCommand, type App } from './command.js';
import { COMPLETIONS } from './completion/index.js';

const completionConfig = z.object({
  shell: z.enum(['bash', 'zsh', 'fish']).describe('the shell to complete for'),
});

/**
 * `completion SHELL`: prints a script that completes commands, flags, their values and names of files, made from the schemas (spec row
 * OP-24). The same for every app; `app` is asked for when it runs, because this command is part of it.
 */
export function completionCommand(app: () => App): AnyCommand {
  return defineCommand({
    summary: 'print the completion script of a shell',
    config: completionConfig,
    positionals: ['shell'],
    examples: [
      { does: 'for this session of bash; with zsh the same', line: 'completion bash > c.sh && source c.sh' },
      { does: 'for good, with fish', line: 'completion fish > ~/.config/fish/completions/NAME.fish' },
    ],
    async run({ config, print }) {
      print(COMPLETIONS[config.shell](app()).trimEnd());
      return 'success';
    },
  });
}
