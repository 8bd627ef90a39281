import { isLakeError } from '@ticklake/core';
import { PUBLISH_TRIES } from '../limits.js';

/** What a publication fails with when somebody else published there since it was looked at. */
const RACES = ['PUBLISHED_MEANWHILE', 'ALREADY_PUBLISHED'];

/** Looks and publishes again as often as somebody else was faster, within reason. @throws what `attempt` throws. */
export async function whileRaced<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const isRace = isLakeError(error, 'conflict') && RACES.includes(error.code ?? '');
      if (!isRace || tries === PUBLISH_TRIES) throw error;
    }
  }
}
