import { isIP, isIPv4 } from 'node:net';

/**
 * Whom a request is counted against. Behind `trustedProxies` proxies that is the address the outermost of them saw; entries further
 * left in X-Forwarded-For were written by the client and may say anything.
 */
export function clientKey(request, { trustedProxies }) {
  const socket = request.socket.remoteAddress;
  const address = trustedProxies > 0 ? (forwarded(request, trustedProxies) ?? socket) : socket;
  return address === undefined ? 'unknown' : keyOf(address);
}

function forwarded(request, trustedProxies) {
  const entries = (request.headers['x-forwarded-for'] ?? '').split(',').map((entry) => entry.trim());
  const address = entries.at(-trustedProxies);
  return address !== undefined && isIP(address) ? address : null;
}

function keyOf(address) {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  return isIP(address) === 6 ? network(address) : address;
}

/** The /64 an IPv6 address lies in: one household or one machine, which can use every address in it. */
function network(address) {
  const [head, tail] = address.split('%', 1)[0].split('::');
  const left = groups(head);
  const right = groups(tail ?? '');
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  return `${[...left, ...Array(gap).fill('0'), ...right].slice(0, 4).join(':')}::/64`;
}

/** The groups of one side of an address, without leading zeros; an IPv4 tail fills the last two and never reaches the first four. */
function groups(text) {
  if (text === '') return [];
  return text.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [Number.parseInt(group, 16).toString(16)]));
}
