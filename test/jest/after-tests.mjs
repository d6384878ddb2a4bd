// Jest runs this once after the last test of a project.
export { removeTemporaryFiles as default } from './temporary-files.mjs';
