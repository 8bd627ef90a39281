import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { LakeError } from '@ticklake/core';
import { lsConfig, type LsConfig } from '../config/ls.js';
import { onlyPartition, type PartitionFilter } from '../discover-partitions.js';
import { daysOf } from '../days-of.js';
import { filterOf } from '../filter-of.js';
import { isTroubled, listPartitions, listText } from '../list-partitions.js';
import { openReadOnly } from '../open-stores.js';
import { parsePartition } from '../partition-key.js';

/** `ticklake-compactor ls`: what is there of partitions, and how it stands (spec row MF-22). */
export const lsCommand = defineCommand({
  summary: 'list the objects of partitions, and how these stand',
  config: lsConfig,
  positionals: ['partition'],
  run: list,
});

async function list(context: CommandContext<LsConfig>): Promise<CommandOutcome> {
  const { config, env, signal, print } = context;
  const listings = await listPartitions({
    compact: openReadOnly(config.compact, env),
    raw: config.raw === undefined ? undefined : openReadOnly(config.raw, env),
    filter: await partitionFilter(context),
    signal,
  });
  if (listings.length === 0) throw new LakeError('missing', 'nothing is there of any partition that matches');
  print({ partitions: listings }, listText(listings));
  return listings.some(isTroubled) ? 'failures' : 'success';
}

async function partitionFilter(context: CommandContext<LsConfig>): Promise<PartitionFilter> {
  const { config } = context;
  const { partition, date, dateFrom, dateTo } = config;
  if (partition === undefined) {
    return { ...(await filterOf(context)), includesDay: daysOf(config) };
  }
  const filters = [
    config.exchange,
    config.stream,
    config.symbol,
    config.symbolsFile,
    date,
    dateFrom,
    dateTo,
  ].flat();
  if (filters.some((filter) => filter !== undefined)) {
    throw new LakeError('invalid', 'a partition is named whole: no filter goes with it');
  }
  return onlyPartition(parsePartition(partition));
}
