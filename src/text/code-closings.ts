/** Where code ends that begins with so many backticks. Must be called with increasing offsets. */
export function codeClosings(text: string): (from: number, length: number) => number | null {
  const byLength = new Map<number, { readonly starts: number[]; next: number }>();
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    const runs = byLength.get(run.length) ?? { starts: [], next: 0 };
    runs.starts.push(index);
    byLength.set(run.length, runs);
  }
  return (from, length) => {
    const runs = byLength.get(length);
    if (!runs) return null;
    while ((runs.starts[runs.next] ?? text.length) < from) runs.next += 1;
    const start = runs.starts[runs.next];
    return start === undefined ? null : start + length;
  };
}
