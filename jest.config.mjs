import { availableParallelism } from 'node:os';

const base = {
  runtime: '<rootDir>/test/jest/node-runtime.mjs',
  testEnvironment: '<rootDir>/test/jest/node-environment.mjs',
  transform: {},
  setupFiles: ['<rootDir>/test/support/empty-error-queue.mjs'],
  globalSetup: '<rootDir>/test/jest/before-tests.mjs',
  globalTeardown: '<rootDir>/test/jest/after-tests.mjs',
};

export default {
  testTimeout: 300_000,
  // Scenarios wait for other processes a third of the time, so that as many workers as cores leave some of them idle (two cores: 290 s with three workers, 273 s with four).
  maxWorkers: availableParallelism() + 2,
  testSequencer: '<rootDir>/test/jest/longest-first.mjs',
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/test/scenarios/', '/test/hostile/', '[.]nock[.]test[.]ts$'],
    },
    // nock replaces the network of the whole process, so these files are kept apart from those that talk to local servers.
    {
      ...base,
      displayName: 'exchanges',
      testMatch: ['<rootDir>/test/**/*.nock.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/nock.ts'],
    },
    {
      ...base,
      displayName: 'scenarios',
      testMatch: ['<rootDir>/test/{scenarios,hostile}/*.test.ts'],
      globalSetup: '<rootDir>/test/support/before-scenarios.mjs',
      globalTeardown: '<rootDir>/test/support/after-scenarios.mjs',
    },
  ],
};
