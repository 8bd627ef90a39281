#!/usr/bin/env node
import { runMain } from '@ticklake/cli-kit';
import { limitGarbage } from '@ticklake/engine';
import { app } from './app.js';

limitGarbage();
await runMain(app);
