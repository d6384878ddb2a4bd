/**
 * The environment of tests that share a process with the files before and after them, as modules of one program do: Node's own globals, and no
 * realm of their own. What Jest wants to be global for one file stays in an object of its own.
 */
export default class NodeItself {
  global = {};
  fakeTimers = null;
  fakeTimersModern = null;
  moduleMocker = null;
  #console = globalThis.console;

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return null;
  }

  async setup() {
    // Jest has just made every error of this process read source maps and a hundred frames; there are no source maps, and errors are many.
    Error.prepareStackTrace = undefined;
    Error.stackTraceLimit = 10;
    globalThis.console = this.global.console;
  }

  async teardown() {
    globalThis.console = this.#console;
  }
}
