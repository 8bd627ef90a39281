import { compileLightly, limitGarbage } from '@ticklake/engine';
import { serveIsolated } from './serve-isolated.js';

// A worker of `--isolate`.
compileLightly();
limitGarbage();
serveIsolated();
