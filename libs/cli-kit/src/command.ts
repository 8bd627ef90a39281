import type { Clock } from '@ticklake/core';
import type { JobEvent } from '@ticklake/jobs';
import type { z } from 'zod';
import type { CommandOutcome } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** What a command is given to run with. */
export interface CommandContext<C> {
  /** Flags over environment over file over defaults, checked. */
  readonly config: C;
  /** For what takes an environment, such as `openStore`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Aborts on SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Name and version of the program, e.g. `ticklake-compactor 0.1.0`, for manifests and `error.json`. */
  readonly tool: string;
  /** Who can be asked; `undefined` where nobody sits at it. What they answer hidden is shown nowhere, also not in errors. */
  readonly terminal: Terminal | undefined;
  /** The text of a local file. @throws LakeError `missing`, `denied` or `invalid`. */
  readText(path: string): Promise<string>;
  onEvent(event: JobEvent): void;
  /**
   * stdout: results only. With `--json`, `result` as one line of JSON (bigint as decimal text); otherwise `text`,
   * or where there is none, `result` itself if it is text, else as indented JSON. Everything else goes to stderr.
   */
  print(result: unknown, text?: string): void;
}

/** A command line that works, and what it does. */
export interface CommandExample {
  /** After the name of the program: `run --raw /data/spool --compact /data/lake`. */
  readonly line: string;
  readonly does: string;
}

/** One thing a program can be told to do. */
export interface Command<S extends z.ZodObject> {
  /** One line for `--help`. */
  readonly summary: string;
  /**
   * Its configuration. Each key is a flag, an environment variable and a key of the file: `openMax` is `--open-max`,
   * `TICKLAKE_OPEN_MAX` and `"openMax"`. Use `.describe()` for help, and `.meta({ aliases: ['start'] })` for other
   * spellings of the flag, `.meta({ secret: true })` for what must never be shown, `.meta({ path: true })` for what shells
   * complete with the names of files.
   */
  readonly config: S;
  /** Keys that may be given without their flag, in this order. The last may be a list: it takes all that follow, commas and all. */
  readonly positionals?: readonly string[];
  /** `quality-report` makes `app --quality-report` another way to call this command. */
  readonly flag?: string;
  /** For `--help` and the manual page. */
  readonly examples?: readonly CommandExample[];
  /** Whether lines that stay on a terminal begin with an emoji for what they tell. They do not where this is left out. */
  emoji?(config: z.infer<S>): boolean;
  run(context: CommandContext<z.infer<S>>): Promise<CommandOutcome>;
}

/** A command of whatever configuration, as a program holds it; what `run` is given has passed `config`. */
export interface AnyCommand extends Omit<Command<z.ZodObject>, 'config' | 'emoji' | 'run'> {
  readonly config: z.ZodObject;
  emoji?(config: never): boolean;
  run(context: CommandContext<never>): Promise<CommandOutcome>;
}

/** A program: its commands by name. */
export interface App {
  readonly name: string;
  readonly version: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** The command that runs when none is named. */
  readonly defaultCommand: string | undefined;
  readonly commands: Readonly<Record<string, AnyCommand>>;
  /** What to do about errors, by their code: one sentence, lower case, shown after the error. */
  readonly hints?: Readonly<Record<string, string>>;
}

/** `command`, with the types of its configuration and the names of its positionals checked. */
export function defineCommand<S extends z.ZodObject>(
  command: Command<S> & { readonly positionals?: readonly (keyof S['shape'] & string)[] },
): Command<S> {
  return command;
}
