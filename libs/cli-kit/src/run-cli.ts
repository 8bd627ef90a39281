import type { z } from 'zod';
import type { App, CommandContext } from './command.js';
import { explainError, toJson } from './describe-error.js';
import { exitCodeOf, exitCodeOfError } from './exit-codes.js';
import { loadEnv } from './env-file.js';
import { createHints, withHint } from './hints.js';
import type { Host } from './host.js';
import { parseArgv, type Invocation } from './parse-argv.js';
import { printable } from './printable.js';
import { printConfig } from './print-config.js';
import { createRedactor } from './redact.js';
import { createReporter } from './reporter.js';
import { resolveConfig, type ResolvedConfig } from './resolve-config.js';

/**
 * Runs what the arguments of `host` ask of `app`. Flags over environment over `--env-file` over `--config` over
 * defaults.
 *
 * Returns the exit code; never throws, never exits. A command that the host's signal stopped returns 130, whatever
 * it says itself.
 */
export async function runCli(app: App, host: Host): Promise<number> {
  let { env } = host;
  try {
    const invocation = parseArgv(app, host.argv);
    if (invocation.type === 'text') {
      host.stdout.write(invocation.text);
      return 0;
    }
    const loaded = await loadEnv(invocation.envPath, host);
    ({ env } = loaded);
    const full = { ...host, env };
    return await runCommand(
      app,
      invocation,
      await resolveConfig(app, invocation, full, loaded.originOf),
      full,
    );
  } catch (error) {
    const told = withHint(`${app.name}: ${explainError(error)}`, createHints(app)(error));
    host.stderr.write(`${printable(createRedactor(env, [])(told))}\n`);
    return exitCodeOfError(error);
  }
}

async function runCommand(
  app: App,
  { command, printConfig: onlyPrint, json }: Extract<Invocation, { type: 'run' }>,
  { config, settings }: ResolvedConfig,
  host: Host,
): Promise<number> {
  const secrets = secretTexts(settings);
  let redactor = createRedactor(host.env, secrets);
  const redact = (text: string) => redactor(text);
  const { terminal } = host;
  if (onlyPrint) {
    const told = redact(printConfig(settings, { json }));
    host.stdout.write(json ? told : printable(told));
    return 0;
  }
  const hasEmoji = command.emoji?.(config as never) ?? false;
  const reporter = createReporter({ ...host, name: app.name, redact, hintOf: createHints(app), hasEmoji });
  const context: CommandContext<z.infer<typeof command.config>> = {
    config,
    env: host.env,
    clock: host.clock,
    signal: host.signal,
    tool: `${app.name} ${app.version}`,
    terminal: terminal && {
      async ask(question, options) {
        const answer = await terminal.ask(question, options);
        if (options.hidden) {
          secrets.push(answer);
          redactor = createRedactor(host.env, secrets);
        }
        return answer;
      },
    },
    readText: (path) => host.readText(path),
    onEvent: (event) => reporter.event(event),
    print(result, text) {
      reporter.close();
      host.stdout.write(`${redact(resultText(result, text, json))}\n`);
    },
  };
  try {
    const outcome = await command.run(context);
    reporter.close();
    return exitCodeOf({ outcome }, host.signal);
  } catch (error) {
    reporter.failure(error);
    return exitCodeOf({ error }, host.signal);
  }
}

function resultText(result: unknown, text: string | undefined, json: boolean): string {
  if (json) return toJson(result);
  return printable(text ?? (typeof result === 'string' ? result : toJson(result, 2)));
}

function secretTexts(settings: ResolvedConfig['settings']): string[] {
  return settings.flatMap(({ key, given, value }) => {
    if (!key.secret) return [];
    return [given, value].flat().filter((part) => typeof part === 'string');
  });
}
