import { describeOnObjectServer } from '../spec-support/describe-on-object-server.js';

describeOnObjectServer('r2', 'r2');
