import type { Check } from '../../doctor/check.ts';
import type { FormErrors, SetupForm, ValidSetupForm } from './manifest.ts';

/** A page, and the nonce that its style and script carry. */
export interface Page {
  readonly html: string;
  readonly nonce: string;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
:root { color-scheme: light dark; --page: #f6f8fa; --card: #fff; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --accent: #0969da;
  --on-accent: #fff; --bad: #b3261e; --warn: #7d4e00; --note: #fff8c5; --note-line: #d4a72c; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --card: #151b23; --text: #e6edf3; --soft: #9198a1; --line: #3d444d;
  --accent: #4493f8; --on-accent: #0d1117; --bad: #ff8a80; --warn: #d29922; --note: #272115; --note-line: #9e6a03; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 40rem; margin: 3rem auto; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; } p { margin: 0 0 1rem; } .soft, small { color: var(--soft); }
ol.steps { display: flex; gap: .5rem 1.5rem; flex-wrap: wrap; margin: 0 0 1.5rem; padding: 0; list-style: none; font-size: .875rem; color: var(--soft); }
ol.steps [aria-current] { color: var(--text); font-weight: 600; }
label, legend { display: block; margin: 1.25rem 0 .25rem; padding: 0; font-weight: 600; } fieldset { margin: 0; padding: 0; border: 0; }
fieldset label { margin: .25rem 0; font-weight: 400; } small { display: block; margin-top: .25rem; font-size: .875rem; }
input[type=text] { width: 100%; padding: .5rem .75rem; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 6px; }
input[aria-invalid] { border-color: var(--bad); } .wrong { color: var(--bad); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button, a.button { display: inline-block; margin-top: 1.5rem; padding: .6rem 1.1rem; font: inherit; font-weight: 600; color: var(--on-accent);
  background: var(--accent); border: 0; border-radius: 6px; text-decoration: none; cursor: pointer; } a { color: var(--accent); }
.note { margin: 1rem 0 0; padding: .75rem 1rem; background: var(--note); border: 1px solid var(--note-line); border-radius: 6px; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { padding: .75rem 1rem; background: var(--page); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; }
ul.checks { margin: 1rem 0 0; padding: 0; list-style: none; } ul.checks li { padding: .5rem 0; border-top: 1px solid var(--line); }
.state { display: inline-block; min-width: 4.5rem; font-weight: 600; } .state.fail { color: var(--bad); } .state.warn { color: var(--warn); } .fix { display: block; }
@media (max-width: 44rem) { main { margin: 0; border: 0; border-radius: 0; min-height: 100vh; padding: 1.25rem; } button, a.button { width: 100%; text-align: center; } }
`;

const STEPS = ['Describe', 'Create at GitHub', 'Install', 'Check'] as const;

interface Layout {
  readonly nonce: string;
  readonly step: (typeof STEPS)[number];
  readonly title: string;
  readonly body: string;
  readonly script?: string;
}

const layout = ({ nonce, step, title, body, script }: Layout): Page => ({
  nonce,
  html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Planwright</title><style nonce="${nonce}">${STYLE}</style></head>
<body><main><ol class="steps">${STEPS.map((name) => `<li${name === step ? ' aria-current="step"' : ''}>${name}</li>`).join('')}</ol>
<h1>${escaped(title)}</h1>
${body}
</main>${script === undefined ? '' : `<script nonce="${nonce}">${script}</script>`}</body></html>
`,
});

export const formPage = (
  nonce: string,
  given: SetupForm,
  wrong: FormErrors,
  { server, file }: { server: string; file: string },
): Page => {
  const field = (name: keyof SetupForm, label: string, hint: string, more = '') => `
<label for="${name}">${label}</label>
<input type="text" id="${name}" name="${name}" value="${escaped(given[name])}" autocomplete="off" spellcheck="false" aria-describedby="${name}-hint"${wrong[name] ? ' aria-invalid="true"' : ''}${more}>
<small id="${name}-hint"${wrong[name] ? ' class="wrong"' : ''}>${wrong[name] ? escaped(wrong[name]) : hint}</small>`;
  return layout({
    nonce,
    step: 'Describe',
    title: 'Make the GitHub App',
    body: `<p class="soft">GitHub (${escaped(server)}) creates it with the permissions and events that Planwright needs. Its key and secrets come back to this
machine only, into <code>${escaped(file)}</code>.</p>
<form method="post" action="/manifest">
${field('organization', 'Organisation', 'That owns the repositories. Empty: your own account.')}
${field('name', 'Name', 'People see it as the author of pull requests and comments.', ' required maxlength="34"')}
${field('address', 'Public address', 'Where GitHub reaches the server, over HTTPS: <code>https://planwright.example.com</code>', ' required inputmode="url"')}
<div class="note"><strong>No public address yet?</strong> To try it, open <a href="https://smee.io/new" target="_blank" rel="noreferrer">smee.io/new</a>
and enter the address of that channel. smee.io is a third party: anyone who runs it, or knows the channel, sees every delivery, including
the text of issues and comments of private repositories. Do not keep it for real work.</div>
<button>Continue to GitHub</button>
</form>`,
  });
};

/** Only a form can post to another site. It sends itself, and has a button for where scripts are off. */
export const manifestPage = (nonce: string, target: string, manifest: object): Page =>
  layout({
    nonce,
    step: 'Create at GitHub',
    title: 'To GitHub',
    body: `<p>GitHub asks you to confirm the App.</p>
<form method="post" action="${escaped(target)}" id="go"><input type="hidden" name="manifest" value="${escaped(JSON.stringify(manifest))}">
<button>Continue to GitHub</button></form>`,
    script: `document.getElementById('go').submit()`,
  });

export const errorPage = (nonce: string, title: string, sentence: string): Page =>
  layout({
    nonce,
    step: 'Create at GitHub',
    title,
    body: `<p class="wrong">${escaped(sentence)}</p><p><a href="/">Start again</a></p>`,
  });

export interface Installing {
  readonly installUrl: string;
  readonly file: string;
  readonly form: ValidSetupForm;
  readonly port: string;
}

export const installPage = (nonce: string, { installUrl, file, form, port }: Installing): Page =>
  layout({
    nonce,
    step: 'Install',
    title: 'Install it on repositories',
    body: `<p>The App exists, and its key and secrets are in <code>${escaped(file)}</code>. Now choose the repositories that it may work in.</p>
<a class="button" href="${escaped(installUrl)}" target="_blank" rel="noreferrer">Install ${escaped(form.name)}</a>
<p class="soft" role="status" id="waiting"><br>Waiting for the installation. This page continues automatically.</p>
${form.isSmee ? `<div class="note">Deliveries reach the server on this machine while this runs:<pre>npx smee-client --url ${escaped(form.address)} --target http://127.0.0.1:${escaped(port)}/api/github/webhooks</pre></div>` : ''}`,
    script: `const poll = async () => {
  try { if ((await (await fetch('/progress')).json()).checked) { location.href = '/result'; return; } }
  catch { document.getElementById('waiting').textContent = 'See the terminal: npm run setup has ended.'; return; }
  setTimeout(poll, 1000);
};
poll();`,
  });

const STATES: Readonly<Record<Check['status'], string>> = { ok: 'ok', warn: 'warning', fail: 'wrong', skipped: 'not yet' };

export const resultPage = (nonce: string, checks: readonly Check[]): Page => {
  const wrong = checks.filter(({ status }) => status === 'fail' || status === 'warn');
  const item = ({ name, status, detail, fix }: Check) =>
    `<li><span class="state ${status}">${STATES[status]}</span> <strong>${escaped(name)}</strong><br>${escaped(detail)}${fix === null ? '' : `<span class="soft fix">${escaped(fix)}</span>`}</li>`;
  return layout({
    nonce,
    step: 'Check',
    title: wrong.length === 0 ? 'Ready' : 'Installed; this is left to do',
    body: `<p>Start Planwright with <code>npm start</code> (or <code>docker compose up -d</code>), and put the label <code>plan</code> on an issue.
<code>npm run doctor</code> makes these checks again at any time. You can close this page.</p>
<ul class="checks">${[...wrong, ...checks.filter((check) => !wrong.includes(check))].map(item).join('')}</ul>`,
  });
};
