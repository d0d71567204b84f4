import type { Middleware } from 'portway';

/** Prints how long the application below took, and with which status it answered. */
export const timing: Middleware = (app) => async (scope, receive, send) => {
  if (scope.type !== 'http') return app(scope, receive, send);
  const began = performance.now();
  let status = 0;
  try {
    await app(scope, receive, (event) => {
      if (event.type === 'http.response.start') status = event.status;
      return send(event);
    });
  } finally {
    const took = Math.round(performance.now() - began);
    console.log(`${scope.method} ${scope.path} ${status} ${took} ms`);
  }
};
