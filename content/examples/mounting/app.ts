import { application, restOf, router, sendJson } from 'portway';

const tell = (name: string) =>
  application({
    async http(scope, _receive, send) {
      await sendJson(send, { name, path: scope.path, mount: scope.mount, rest: restOf(scope) });
    },
  });

export default router({ '/': tell('site'), '/api': tell('api') });
