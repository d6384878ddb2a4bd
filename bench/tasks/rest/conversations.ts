import { isStatusOf } from '../../../src/domain/task/marker.ts';
import { type Comment, nextNumber, OWNER, type Repository, type Subject } from '../world.ts';
import { type Answer, type Api, type Call, made, NOT_FOUND, ok, onSubject, type Route } from './route.ts';
import { BOT, now } from './shapes.ts';

/** Issues and pull requests with their comments and labels. */
export function conversationRoutes({ world, shapes, deliveries, noteStatus }: Api): readonly Route[] {
  function listIssues({ repository, query }: Call): Answer {
    const [label, creator] = [query.get('labels'), query.get('creator')];
    if (query.get('state') === 'closed') return ok([]);
    const found = [...repository.subjects.values()].filter(
      ({ labels, pull }) =>
        (label === null || labels.has(label)) && (creator === null || (creator === BOT.login) === (pull !== null)),
    );
    return ok(found.map((subject) => shapes.issue(repository, subject)));
  }

  function addLabels(subject: Subject, { repository, body }: Call): object {
    for (const name of body.labels as string[]) {
      subject.labels.add(name);
      tellPull(repository, subject, 'labeled', { label: { name } });
    }
    return [...subject.labels].map((name) => ({ name, color: '5319e7', description: 'Made by Planwright' }));
  }

  function tellPull(repository: Repository, subject: Subject, action: string, more: object = {}): void {
    if (subject.pull === null) return;
    const about = { action, number: subject.number, pull_request: shapes.pull(repository, subject) };
    deliveries.send(repository, 'pull_request', 'app', { ...about, ...more });
  }

  function createComment({ repository, found: [number], body }: Call): Answer {
    const subject = repository.subjects.get(Number(number));
    if (!subject) return NOT_FOUND;
    const comment: Comment = { id: world.nextId(), body: String(body.body), at: now() };
    subject.comments.push(comment);
    tellComment(repository, subject, comment, 'created');
    return made(shapes.comment(comment));
  }

  function updateComment({ repository, found: [id], body }: Call): Answer {
    for (const subject of repository.subjects.values()) {
      const comment = subject.comments.find((one) => one.id === Number(id));
      if (!comment) continue;
      comment.body = String(body.body);
      tellComment(repository, subject, comment, 'edited');
      return ok(shapes.comment(comment));
    }
    return NOT_FOUND;
  }

  function tellComment(repository: Repository, subject: Subject, comment: Comment, action: 'created' | 'edited'): void {
    if (isStatusOf(comment.body, subject.number)) noteStatus(repository, subject.number, comment.body);
    const changes = action === 'edited' ? { changes: { body: { from: '' } } } : {};
    const about = { issue: shapes.issue(repository, subject), comment: shapes.comment(comment) };
    deliveries.send(repository, 'issue_comment', 'app', { action, ...changes, ...about });
  }

  function listComments({ repository, query }: Call): Answer {
    const since = query.get('since') ?? '';
    const comments = [...repository.subjects.values()].flatMap(({ number, comments }) =>
      comments.filter(({ at }) => at >= since).map((comment) => ({ ...shapes.comment(comment), issue_url: `/issues/${number}` })),
    );
    return ok(comments);
  }

  function listPulls({ repository, query }: Call): Answer {
    const head = query.get('head')?.replace(`${OWNER}:`, '');
    const found = [...repository.subjects.values()].filter(
      ({ pull }) => pull !== null && (head === undefined || pull.head === head),
    );
    return ok(found.map((subject) => shapes.pull(repository, subject)));
  }

  function createPull({ repository, body }: Call): Answer {
    const number = nextNumber(repository);
    const pull = { head: String(body.head), base: String(body.base), draft: body.draft === true };
    const words = { title: String(body.title), body: String(body.body) };
    const subject: Subject = { number, ...words, at: now(), labels: new Set<string>(), comments: [], pull };
    repository.subjects.set(number, subject);
    tellPull(repository, subject, 'opened');
    return made(shapes.pull(repository, subject));
  }

  function updatePull(subject: Subject, { repository, body }: Call): object {
    if (body.title !== undefined) subject.title = String(body.title);
    if (body.body !== undefined) subject.body = String(body.body);
    return shapes.pull(repository, subject);
  }

  function requestReview(subject: Subject, { repository, body }: Call): object {
    const [login] = (body.reviewers ?? []) as string[];
    tellPull(repository, subject, 'review_requested', { requested_reviewer: { login } });
    return shapes.pull(repository, subject);
  }

  const labelAnswer = ({ repository, found: [name = ''] }: Call): Answer =>
    repository.labels.has(name) ? ok({ name }) : NOT_FOUND;

  function createLabel({ repository, body }: Call): Answer {
    repository.labels.add(String(body.name));
    return made({ name: body.name });
  }

  return [
    ['GET', /^\/labels\/(.+)$/, labelAnswer],
    ['POST', /^\/labels$/, createLabel],
    ['GET', /^\/issues$/, listIssues],
    ['GET', /^\/issues\/(\d+)$/, onSubject((subject, { repository }) => shapes.issue(repository, subject))],
    ['POST', /^\/issues\/(\d+)\/labels$/, onSubject(addLabels)],
    ['GET', /^\/issues\/(\d+)\/comments$/, onSubject(({ comments }) => comments.map(shapes.comment))],
    ['POST', /^\/issues\/(\d+)\/comments$/, createComment],
    ['GET', /^\/issues\/comments$/, listComments],
    ['PATCH', /^\/issues\/comments\/(\d+)$/, updateComment],
    ['GET', /^\/pulls$/, listPulls],
    ['POST', /^\/pulls$/, createPull],
    ['GET', /^\/pulls\/(\d+)$/, onSubject((subject, { repository }) => shapes.pull(repository, subject))],
    ['PATCH', /^\/pulls\/(\d+)$/, onSubject(updatePull)],
    ['POST', /^\/pulls\/(\d+)\/requested_reviewers$/, onSubject(requestReview)],
    ['GET', /^\/pulls\/(\d+)\/(?:reviews|comments)$/, () => ok([])],
  ];
}
