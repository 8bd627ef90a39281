import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { dayOfMs, LakeError } from '@ticklake/core';
import { stateConfig, type StateConfig } from '../config/state.js';
import type { StateDifference } from '../compare-states.js';
import { remakeState, seedState, type StateRemake } from '../mend-state.js';
import { openReadOnly, openWritable } from '../open-stores.js';
import { stateText, viewState } from '../show-state.js';
import { readState } from '../state.js';

/** `ticklake-compactor state ACTION`: the state document, looked at and mended (spec rows CM-16…22). */
export const stateCommand = defineCommand({
  summary: 'show the state document, rebuild it from what is published, or seed its watermark',
  config: stateConfig,
  positionals: ['action'],
  run: (context) => {
    const { action, last } = context.config;
    if (last !== undefined && action !== 'seed')
      throw new LakeError('invalid', '--last goes with state seed');
    return ACTIONS[action](context);
  },
});

type Action = (context: CommandContext<StateConfig>) => Promise<CommandOutcome>;

const ACTIONS: Readonly<Record<StateConfig['action'], Action>> = { show, rebuild, seed };

async function show({ config, env, clock, print }: CommandContext<StateConfig>): Promise<CommandOutcome> {
  const state = await readState(openReadOnly(config.compact, env));
  if (state === undefined) throw noState();
  const view = viewState(state, dayOfMs(clock.nowMs()));
  print(view, stateText(view));
  return 'success';
}

async function rebuild(context: CommandContext<StateConfig>): Promise<CommandOutcome> {
  const { config, env, clock, signal } = context;
  const compact = openWritable(config.compact, env);
  const remake = await remakeState({ compact, clock, signal }, { replace: config.yes });
  context.print(remake, remakeText(remake));
  return remake.outcome === 'kept' ? 'failures' : 'success';
}

async function seed({ config, env, clock, print }: CommandContext<StateConfig>): Promise<CommandOutcome> {
  const { last, yes } = config;
  if (last === undefined) throw new LakeError('invalid', 'state seed needs --last');
  const compact = openWritable(config.compact, env);
  const state = await seedState({ compact, clock }, { last, replace: yes });
  const view = viewState(state, dayOfMs(clock.nowMs()));
  print(view, stateText(view));
  return 'success';
}

function noState(): LakeError {
  const message = 'there is no state document; `state rebuild` makes one from what is published';
  return new LakeError('missing', message, { code: 'STATE' });
}

function remakeText(remake: StateRemake): string {
  const { problem, differences, unreadable } = remake;
  const lines = [
    ...(problem === undefined ? [] : [`the document that was there cannot be understood: ${problem}`]),
    ...differences.map(differenceText),
    ...unreadable.map((partition) => `meta.json not readable, left out: ${partition}`),
    `${outcomeText(remake)}; last compacted day: ${remake.lastCompactedDay ?? 'none'}`,
  ];
  return lines.join('\n');
}

function outcomeText({ outcome, keptAs }: StateRemake): string {
  switch (outcome) {
    case 'equal':
      return 'state is what is published: nothing was written';
    case 'written':
      return 'state was made from what is published';
    case 'replaced':
      return `state was replaced; what was there is kept as ${keptAs ?? ''}`;
    case 'kept':
      return 'state is not what is published and was left as it is: --yes replaces it';
  }
}

function differenceText({ path, stored, rebuilt }: StateDifference): string {
  const text = (value: unknown) => (value === undefined ? 'absent' : JSON.stringify(value));
  return `${path}: stored ${text(stored)}, published ${text(rebuilt)}`;
}
