import { application, UnsupportedScope, utf8 } from 'portway';

export default application({
  async http(scope, _receive, send) {
    if (scope.path === '/not-mine') throw new UnsupportedScope(scope.type);
    if (scope.path === '/early') findUser();

    await send({
      type: 'http.response.start',
      status: 200,
      headers: [['content-type', 'text/plain']],
    });
    await send({ type: 'http.response.body', data: utf8('Dear ') });
    findUser();
  },
});

function findUser(): never {
  throw new Error('password of db.internal.example was rejected');
}
