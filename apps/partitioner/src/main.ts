#!/usr/bin/env node
import { runMain } from '@ticklake/cli-kit';
import { app } from './app.js';

await runMain(app);
