#!/usr/bin/env node
import { runMain } from '@ticklake/cli-kit';
import { compileLightly, limitGarbage } from '@ticklake/engine';
import { app } from './app.js';

compileLightly();
limitGarbage();
await runMain(app);
