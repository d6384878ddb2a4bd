import type { Fact } from '../../domain/task/fact.ts';
import { issueDigest } from '../../domain/task/issue-digest.ts';
import type { PullRequest } from '../../ports/forge/pulls.ts';
import type { TaskView } from './view.ts';

/**
 * Whether a view is at least as new as what was announced. A fact that the view does not read counts as shown, because no view
 * would ever show it.
 */
export function viewContains(view: TaskView, fact: Fact): boolean {
  switch (fact.kind) {
    case 'issue_state':
      return view.issue.state === fact.state;
    case 'issue_locked':
      return view.issue.locked === fact.locked;
    case 'label_removed':
      return !view.issue.labels.some((label) => label.toLowerCase() === fact.label.toLowerCase());
    case 'issue_text':
      return issueDigest(view.issue) === fact.digest;
    case 'review':
      return showsReview(view, fact);
    case 'pull': {
      const pull = pullsOf(view).find(({ number }) => number === fact.number);
      return !pull || (pull.state === fact.state && pull.merged === fact.merged);
    }
    case 'head_moved':
      return !pullsOf(view).some((p) => p.state === 'open' && p.headRef === fact.branch && p.headSha === fact.from);
    case 'check':
      return showsCheck(view, fact);
    case 'plan_published':
      // Broken settings do not name the path of the plan, so it is not read.
      return !view.settings.ok || (view.plan?.pull.number === fact.pull && view.plan.blob === fact.blob);
    case 'component_published': {
      const component = view.components[fact.component];
      return !component || (component.pull?.number ?? 0) >= fact.pull;
    }
  }
}

function showsReview(view: TaskView, { on, id, state }: Extract<Fact, { kind: 'review' }>): boolean {
  const reviews = on === view.plan?.pull.number ? view.plan.reviews : view.reviews;
  // A review that was dismissed since is shown as dismissed.
  return reviews === null || reviews.some((r) => r.id === id && (r.state === state || r.state === 'dismissed'));
}

function showsCheck({ checks }: TaskView, { head, name, run }: Extract<Fact, { kind: 'check' }>): boolean {
  const watched = Object.values(checks).find((c) => c.head === head);
  if (!watched) return true;
  const named = watched.found.filter((check) => check.name === name);
  return named.length > 0 && !named.some((check) => check.run === run && check.state === 'pending');
}

const pullsOf = ({ plan, components }: TaskView): PullRequest[] => [
  ...(plan ? [plan.pull] : []),
  ...Object.values(components).flatMap(({ pull }) => pull ?? []),
];
