const base = {
  transform: { '\\.ts$': '<rootDir>/test/strip-types.mjs' },
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
};

export default {
  testTimeout: 120_000,
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/test/**/*.test.ts'], testPathIgnorePatterns: ['/test/scenarios/'] },
    { ...base, displayName: 'scenarios', testMatch: ['<rootDir>/test/scenarios/*.test.ts'] },
  ],
};
