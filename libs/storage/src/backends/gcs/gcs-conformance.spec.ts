import { describeOnObjectServer } from '../spec-support/describe-on-object-server.js';

describeOnObjectServer('gs', 'gcs');
