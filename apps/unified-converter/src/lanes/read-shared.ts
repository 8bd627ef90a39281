import type { Field } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { ThreadMail } from '@ticklake/jobs';
import { UNIFIED } from '@ticklake/market';
import { valueFieldsOf } from '../partitions/stored-columns.js';
import type { ReadSource, SourceRequest } from '../sources/open-source.js';
import type { SourceReading, SourceRows } from '../sources/source-rows.js';
import { sharedClaims, type Claims } from './claims.js';
import type { LaneTools } from './lane-work.js';
import type { FromLane, ToLane } from './messages.js';
import { createReadAhead, type ReadAhead } from './read-ahead.js';
import { createSlots, slotBatch } from './row-slots.js';

/** A batch that one thread has taken, one that waits for it, and one that is being made. */
const SLOTS = 3;

/**
 * Reads a source in another thread, and with it in this one: whenever no rows wait, and there are row groups that nobody has taken, this
 * thread reads one, as it does while the other one starts. Rows come in their order, and what is wrong with them is told in it, whoever
 * reads them.
 */
export function readShared(
  request: SourceRequest,
  mail: ThreadMail<ToLane, FromLane>,
  tools: Pick<LaneTools, 'data' | 'arena'>,
): ReadSource {
  const fields = valueFieldsOf(UNIFIED[request.dataset]);
  const claims = sharedClaims();
  const ahead = createReadAhead({ request, tools, claims, fields });
  return new SharedReading({ request, mail, fields, claims, ahead });
}

interface ReadingParts {
  readonly request: SourceRequest;
  readonly mail: ThreadMail<ToLane, FromLane>;
  readonly fields: readonly Field[];
  readonly claims: Claims;
  readonly ahead: ReadAhead;
}

class SharedReading implements ReadSource {
  private last: SourceReading | undefined;
  /** Messages with rows. */
  private heard = 0;
  /** Row groups before it have no more rows to come. */
  private nextGroup = 0;

  constructor(private readonly parts: ReadingParts) {}

  async *rows(): AsyncGenerator<Pick<SourceRows, 'rowCount' | 'columns'>> {
    let rowCount = 0;
    try {
      for await (const batch of this.inOrder()) {
        rowCount += batch.rowCount;
        yield batch;
      }
    } finally {
      await this.parts.ahead.close();
    }
    const { fileRows = rowCount } = this.reading();
    assert(rowCount === fileRows, 'all rows of a source come once');
  }

  reading(): SourceReading {
    const reading = this.last ?? this.parts.ahead.reading;
    assert(reading !== undefined, 'rows are read before it is known how');
    return reading;
  }

  private async *inOrder(): AsyncGenerator<Pick<SourceRows, 'rowCount' | 'columns'>> {
    const { mail, ahead, claims, fields } = this.parts;
    await ahead.readOne();
    const slots = this.ask();
    for (;;) {
      if (ahead.rowGroup === this.nextGroup) {
        yield* ahead.rows();
        this.nextGroup++;
      }
      if (claims.sent === this.heard) await ahead.readOne();
      if (ahead.rowGroup === this.nextGroup) continue;
      const message = await mail.next();
      assert(message.type === 'rows' || message.type === 'read', 'a lane that reads tells of rows');
      this.last = message.reading;
      const isEnd = message.type === 'read';
      // Between them there may be row groups without rows, of which nobody tells.
      if (isEnd || (ahead.rowGroup ?? Infinity) < message.rowGroup) yield* ahead.rows();
      if (isEnd) return;
      this.heard++;
      yield slotBatch(slots[message.slot] as SharedArrayBuffer, fields, message);
      mail.post({ type: 'free', slot: message.slot });
      if (message.isLast) this.nextGroup = message.rowGroup + 1;
    }
  }

  /** Has the other thread read what this one does not: times are in the unit of the first, which is here. */
  private ask(): readonly SharedArrayBuffer[] {
    const { request, mail, fields, claims, ahead } = this.parts;
    const { sourceUnit = request.time.sourceUnit } = ahead.reading ?? {};
    const slots = createSlots(fields, SLOTS);
    const time = { ...request.time, sourceUnit };
    mail.post({ type: 'read', request: { ...request, time }, slots, claims: claims.memory });
    return slots;
  }
}
