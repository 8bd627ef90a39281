import { serveIsolated } from './serve-isolated.js';

// A worker of `--isolate`.
serveIsolated();
