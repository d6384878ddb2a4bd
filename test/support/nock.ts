// For every file of the project `exchanges`: nothing leaves the machine, and nothing is left over for the next test.
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import nock from 'nock';

// Only for tests that run: where none of a file does, its hooks do not run either.
nock.restore();
beforeAll(() => {
  nock.activate();
  nock.disableNetConnect();
});
afterEach(() => nock.cleanAll());
// Otherwise the files after this one would have no network.
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});
