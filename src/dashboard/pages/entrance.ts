import { type Html, html } from '../html/html.ts';

export interface Entrance {
  /** Ways to sign in. */
  readonly github: boolean;
  readonly token: boolean;
  /** Where to go afterwards. */
  readonly next: string;
  /** What went wrong the last time; null: nothing. */
  readonly problem: string | null;
}

/** The page in front of every other. It says nothing of what is behind it. */
export const entrance = ({ github, token, next, problem }: Entrance): Html => html`<div class="entrance">
<h1>Sign in</h1>
${problem !== null && html`<p class="failure" role="alert">${problem}</p>`}
${github && html`<p>You see the tasks of repositories that you can write to.</p><p><a class="button" href="/auth/sign-in?next=${encodeURIComponent(next)}">Sign in with GitHub</a></p>`}
${github && token && html`<p class="or">or, as the operator</p>`}
${token && html`<form method="post" action="/auth/token"><input type="hidden" name="next" value="${next}" /><label for="token">Admin token</label><input id="token" name="token" type="password" autocomplete="current-password" required /><button>Sign in</button></form>`}
</div>`;

export const problemPage = (title: string, text: string): Html =>
  html`<div class="entrance"><h1>${title}</h1><p>${text}</p></div>`;
