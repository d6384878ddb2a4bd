// For every file of the project `exchanges`: nothing leaves the machine, and nothing is left over for the next test.
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import nock from 'nock';

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
// Without it the third file of a worker spins for ever.
afterAll(() => nock.restore());
