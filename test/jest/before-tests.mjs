// Jest runs this once before the first test of a project, in its own process, whose environment the workers inherit.
export { keepTemporaryFilesInMemory as default } from './temporary-files.mjs';
