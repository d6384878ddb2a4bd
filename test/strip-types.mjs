// Jest transformer on Node's own type stripping: lines and columns stay, so no source map is needed.
import { stripTypeScriptTypes } from 'node:module';
import './ends-with-jest.mjs';

const strip = (source) => ({ code: stripTypeScriptTypes(source) });
export default { process: strip, processAsync: async (source) => strip(source) };
