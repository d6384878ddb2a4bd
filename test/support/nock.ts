// For every file of the project `exchanges`: nothing leaves the machine, and nothing is left over for the next test.
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import nock from 'nock';

beforeAll(() => {
  // The file before this one has given the network back.
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
});
afterEach(() => nock.cleanAll());
// Otherwise the files after this one would have no network.
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});
