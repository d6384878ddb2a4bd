/** Puts an entry in as the newest, and drops the oldest ones beyond `most`: for memories whose loss costs a little, and whose growth would cost all. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
