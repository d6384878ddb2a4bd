const base = {
  transform: { '\\.ts$': '<rootDir>/test/strip-types.mjs' },
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
};

export default {
  testTimeout: 120_000,
  // Jest leaves one core idle, and of CI's two that is half; the scenarios wait for other processes most of the time anyway.
  maxWorkers: '100%',
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/test/**/*.test.ts'], testPathIgnorePatterns: ['/test/scenarios/'] },
    {
      ...base,
      displayName: 'scenarios',
      testMatch: ['<rootDir>/test/scenarios/*.test.ts'],
      globalSetup: '<rootDir>/test/support/before-scenarios.mjs',
    },
  ],
};
