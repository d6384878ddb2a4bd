import type { LocalGitHub } from '../test/support/github/local-github.ts';
import type { Delivery } from '../test/support/github/webhooks.ts';
import type { Log } from './timeline.ts';

/** The parts of GitHub's payloads that the timeline shows. */
interface EventPayload {
  readonly sender: { readonly login: string };
  readonly issue?: { readonly number: number; readonly title: string };
  readonly label?: { readonly name: string };
  readonly comment?: { readonly body: string };
  readonly review?: { readonly state: string; readonly body: string | null };
  readonly pull_request?: {
    readonly number: number;
    readonly title: string;
    readonly merged: boolean;
    readonly draft: boolean;
  };
  readonly requested_reviewer?: { readonly login: string };
  readonly check_run?: {
    readonly name: string;
    readonly status: string;
    readonly conclusion: string | null;
    readonly head_sha: string;
    readonly output: { readonly title: string | null };
    readonly check_suite: { readonly head_branch: string | null };
  };
  readonly ref?: string;
  readonly commits?: readonly { readonly message: string }[];
}

const STATUS = /^<!-- planwright:status/;
const TOLD_OF_A_REPLY = 260;

/** Tells everything GitHub announces, people's doings and the App's alike: the timeline is what happened, not what the story meant to do. */
export function logGitHubEvents(github: LocalGitHub, log: Log): { caughtUp(): Promise<void> } {
  let told = 0;
  let status = '';

  const hear = async (): Promise<never> => {
    for (;;) {
      await github.until('something to report', () => github.deliveries.length > told, { timeoutMs: Number.POSITIVE_INFINITY });
      tellNews();
    }
  };
  void hear();
  github.onRequest(({ method, path, by, body }) => {
    const reaction = method === 'POST' && /\/reactions$/.test(path) ? (body as { content?: string }).content : undefined;
    if (reaction && reaction !== 'eyes') log(nameOf(by.login), `reacts to the comment: ${reaction}`);
  });

  function tellNews(): void {
    for (; told < github.deliveries.length; told++) {
      const delivery = github.deliveries[told] as Delivery;
      const payload = delivery.payload as unknown as EventPayload;
      const body = payload.comment?.body ?? '';
      if (STATUS.test(body)) {
        const headline = readable(body.split('\n')[1] ?? '');
        if (headline !== status) log('planwright', `status comment on #${payload.issue?.number}: ${headline}`);
        status = headline;
      } else {
        const what = described(delivery.event, delivery.action, payload);
        if (what !== null) log(nameOf(payload.sender.login), what);
      }
    }
  }

  return {
    async caughtUp() {
      await github.idle();
      tellNews();
    },
  };
}

const nameOf = (login: string): string => ({ 'planwright[bot]': 'planwright', 'github-actions[bot]': 'ci' })[login] ?? login;

function described(event: string, action: string | undefined, p: EventPayload): string | null {
  switch (`${event}.${action}`) {
    case 'issues.opened':
      return `opens issue #${p.issue?.number}: ${p.issue?.title}`;
    case 'issues.labeled':
      return p.label?.name === 'planwright' ? null : `puts the label "${p.label?.name}" on #${p.issue?.number}`;
    case 'issues.closed':
      return `closes issue #${p.issue?.number}`;
    case 'issue_comment.created':
      return `comments on #${p.issue?.number}: ${readable(p.comment?.body ?? '')}`;
    case 'pull_request.opened':
      return `opens pull request #${p.pull_request?.number}${p.pull_request?.draft ? ', a draft' : ''}: ${p.pull_request?.title}`;
    case 'pull_request.ready_for_review':
      return `makes #${p.pull_request?.number} ready for review`;
    case 'pull_request.review_requested':
      return `asks ${p.requested_reviewer?.login} to review #${p.pull_request?.number}`;
    case 'pull_request.closed':
      return `${p.pull_request?.merged ? 'merges' : 'closes'} #${p.pull_request?.number}`;
    case 'pull_request_review.submitted':
      return `${REVIEWS[p.review?.state.toLowerCase() ?? ''] ?? 'reviews'} #${p.pull_request?.number}${p.review?.body ? `: ${p.review.body}` : ''}`;
    case 'check_run.completed':
      return `check "${p.check_run?.name}" on ${shown(p.check_run?.check_suite.head_branch)}: ${p.check_run?.conclusion} (${p.check_run?.output.title})`;
    case 'push.undefined':
      return isPlanwrights(p) ? `pushes to ${shown(p.ref)}: ${(p.commits?.at(-1)?.message ?? '').split('\n')[0]}` : null;
    default:
      return null;
  }
}

const REVIEWS: Readonly<Record<string, string>> = { approved: 'approves', changes_requested: 'requests changes on' };

/** People's pushes to the App's branches; the rest comes with a pull request or a merge. */
const isPlanwrights = ({ ref, sender }: EventPayload): boolean =>
  ref?.startsWith('refs/heads/planwright/') === true && !sender.login.endsWith('[bot]');

const shown = (ref: string | null | undefined): string => (ref ?? '').replace('refs/heads/', '');

/** Markdown on one line, without what GitHub does not show. */
function readable(markdown: string): string {
  const text = markdown
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/\*\*|<\/?sub>/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > TOLD_OF_A_REPLY ? `${text.slice(0, TOLD_OF_A_REPLY)}...` : text;
}
