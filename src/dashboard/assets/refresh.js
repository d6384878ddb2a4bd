// Replaces the content of a page by what it has become, without losing where the reader is. Without this file the page reloads itself.
const seconds = Number(document.body.dataset.refresh);
let etag = null;

/** Which folded parts are open, by their id: the new content folds and unfolds them likewise. */
const openParts = () => new Map([...document.querySelectorAll('details[id]')].map((part) => [part.id, part.open]));

function replace(text) {
  const main = document.getElementById('main');
  const fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('main');
  if (!main || !fresh || fresh.innerHTML === main.innerHTML) return;
  const open = openParts();
  const focused = document.activeElement?.id || document.activeElement?.getAttribute('href');
  for (const part of fresh.querySelectorAll('details[id]')) if (open.has(part.id)) part.open = open.get(part.id);
  main.replaceChildren(...fresh.childNodes);
  if (focused) {
    const again = [...main.querySelectorAll('[id], a[href]')].find(
      (it) => it.id === focused || it.getAttribute('href') === focused,
    );
    again?.focus({ preventScroll: true });
  }
}

/** Whether the reader has selected text or is about to write something. */
const isBusy = () => document.activeElement?.matches('input, select') || !getSelection()?.isCollapsed;

async function refresh() {
  if (document.hidden || isBusy()) return;
  const answer = await fetch(location.href, { headers: etag ? { 'if-none-match': etag } : {}, redirect: 'manual' });
  // Signed out meanwhile, or without access: the page itself says so.
  if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 404) return location.reload();
  if (answer.status !== 200) return;
  etag = answer.headers.get('etag');
  replace(await answer.text());
}

async function again() {
  try {
    await refresh();
  } catch {
    // The server is restarting, or the network is away: the next time tells.
  }
  setTimeout(again, seconds * 1_000);
}

if (seconds > 0) setTimeout(again, seconds * 1_000);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refresh().catch(() => {});
});
