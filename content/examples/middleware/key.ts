import { header, type Middleware, sendText, withScope } from 'portway';

/** Answers 401 to those without a known key. The application below sees the user's name in a field. */
export const requireKey =
  (users: ReadonlyMap<string, string>): Middleware =>
  (app) =>
  async (scope, receive, send) => {
    if (scope.type !== 'http') return app(scope, receive, send);
    const user = users.get(header(scope, 'x-api-key') ?? '');
    if (user === undefined) {
      return sendText(send, 'Which key?\n', {
        status: 401,
        headers: [['www-authenticate', 'Key']],
      });
    }
    // What the client says of its name is not passed on.
    const headers = scope.headers.filter(([name]) => name !== 'x-user');
    return app(withScope(scope, { headers: [...headers, ['x-user', user]] }), receive, send);
  };
