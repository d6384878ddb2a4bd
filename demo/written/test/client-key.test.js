import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientKey } from '../src/limit/client-key.js';

const request = (remoteAddress, forwardedFor) => ({
  socket: { remoteAddress },
  headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
});
const behind = (trustedProxies, ...about) => clientKey(request(...about), { trustedProxies });

test('without a proxy the socket decides, whatever the header says', () => {
  assert.equal(behind(0, '203.0.113.7', '198.51.100.1'), '203.0.113.7');
});

test('behind one proxy its own entry counts, which is the last', () => {
  assert.equal(behind(1, '10.0.0.2', '198.51.100.1'), '198.51.100.1');
  assert.equal(behind(1, '10.0.0.2', '192.0.2.66, 198.51.100.1'), '198.51.100.1');
});

test('behind two proxies the last but one counts', () => {
  assert.equal(behind(2, '10.0.0.2', '192.0.2.66,198.51.100.1 , 10.0.0.1'), '198.51.100.1');
});

test('a header that is missing, too short or no address falls back to the socket', () => {
  assert.equal(behind(1, '10.0.0.2'), '10.0.0.2');
  assert.equal(behind(2, '10.0.0.2', '198.51.100.1'), '10.0.0.2');
  assert.equal(behind(1, '10.0.0.2', 'unknown'), '10.0.0.2');
  assert.equal(behind(1, '10.0.0.2', '198.51.100.1,'), '10.0.0.2');
});

test('IPv4 inside IPv6 is the same client as IPv4', () => {
  assert.equal(behind(0, '::ffff:203.0.113.7'), '203.0.113.7');
});

test('all of one /64 is one client', () => {
  assert.equal(behind(0, '2001:db8:1:2:aaaa::1'), '2001:db8:1:2::/64');
  assert.equal(behind(0, '2001:0DB8:0001:0002::'), '2001:db8:1:2::/64');
  assert.equal(behind(0, 'fe80::1%eth0'), 'fe80:0:0:0::/64');
  assert.equal(behind(0, '::1'), '0:0:0:0::/64');
});

test('a socket that is gone is nobody in particular', () => {
  assert.equal(behind(0, undefined), 'unknown');
});
