import { errorText } from '@ticklake/core';
import type { ConvertConfig } from './config/convert.js';
import { convert, type ConvertSummary } from './convert.js';
import { createEventLog } from './event-log.js';
import { openContext, openLogs, type ProcessContext } from './open-context.js';
import { requestOf } from './request-of.js';

/**
 * Converts what a configuration asks for, and keeps what happened in the log. That the log cannot be written is told, and ends nothing.
 *
 * @throws LakeError as `convert`, `requestOf` and `openContext`.
 */
export async function convertLogged(config: ConvertConfig, host: ProcessContext): Promise<ConvertSummary> {
  const request = requestOf(config, host.env);
  const log = createEventLog(openLogs(config, host.env), host.clock);
  const onEvent: ProcessContext['onEvent'] = (event) => {
    host.onEvent(event);
    log.event(event);
  };
  try {
    const context = await openContext(config, { ...host, onEvent });
    try {
      return await convert(request, context);
    } finally {
      await context.lanes.close();
    }
  } catch (error) {
    log.failure(error);
    throw error;
  } finally {
    await log.flush().catch((error: unknown) => {
      const details = { reason: errorText(error) };
      host.onEvent({
        type: 'note',
        severity: 'warning',
        message: 'the log could not be written',
        details,
      });
    });
  }
}
