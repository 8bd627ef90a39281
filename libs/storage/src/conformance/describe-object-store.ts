import type { ObjectStore } from '../object-store.js';
import { describeConcurrency } from './concurrency.js';
import { describeKeys } from './keys.js';
import { describeListing } from './listing.js';
import { describeReading } from './reading.js';
import { describeWriting } from './writing.js';

/** Every promise {@link ObjectStore} makes, as tests. `open` gives an empty store each time. */
export function describeObjectStore(name: string, open: () => Promise<ObjectStore>): void {
  describe(`${name} keeps the promises of an object store`, () => {
    describe('keys', () => describeKeys(open));
    describe('writing', () => describeWriting(open));
    describe('reading', () => describeReading(open));
    describe('listing', () => describeListing(open));
    describe('concurrency', () => describeConcurrency(open));
  });
}
