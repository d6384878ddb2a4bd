// Jest runs this once after the last test of a project.
import { endSoon } from './end-soon.mjs';
import { removeTemporaryFiles } from './temporary-files.mjs';

export default (options) => {
  removeTemporaryFiles();
  endSoon(options);
};
