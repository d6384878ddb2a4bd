// Jest runs this before each test file. Files share a process, and an error that one has left in OpenSSL's queue is reported by Node for the
// next key that is read, though that key is fine ("asn1 encoding routines::too long"). A key that cannot be read empties the queue.
import { createPrivateKey } from 'node:crypto';

try {
  createPrivateKey('no key');
} catch {
  // As it should be.
}
