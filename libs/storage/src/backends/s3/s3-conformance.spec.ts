import { describeOnObjectServer } from '../spec-support/describe-on-object-server.js';

describeOnObjectServer('s3', 's3');
