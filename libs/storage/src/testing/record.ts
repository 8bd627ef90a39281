import { nodeFileSystem, type FileSystem } from '../file-system.js';
import type { ObjectStore } from '../object-store.js';
import { interceptFileSystem, type FileOperation } from './intercept-file-system.js';
import { interceptStore, type StoreOperation } from './intercept-store.js';

/** `store`, and the operations asked of it, in the order they were started. */
export function recordStore(store: ObjectStore): {
  readonly store: ObjectStore;
  readonly operations: readonly StoreOperation[];
} {
  const operations: StoreOperation[] = [];
  const recording = interceptStore(store, (operation, work) => {
    operations.push(operation);
    return work();
  });
  return { store: recording, operations };
}

/** `fileSystem`, and the system calls asked of it, in the order they were started. */
export function recordFileSystem(fileSystem: FileSystem = nodeFileSystem): {
  readonly fileSystem: FileSystem;
  readonly operations: readonly FileOperation[];
} {
  const operations: FileOperation[] = [];
  const recording = interceptFileSystem(fileSystem, fileSystem.owner, (operation, work) => {
    operations.push(operation);
    return work();
  });
  return { fileSystem: recording, operations };
}
