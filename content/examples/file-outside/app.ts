import { application, type Misuse, queryOf, utf8 } from 'portway';

export default application({
  async http(scope, _receive, send) {
    const name = queryOf(scope).get('name') ?? 'alphabet.txt';
    // Nothing of the name was checked.
    await send({ type: 'http.response.start', status: 200 });
    await send({ type: 'http.file', path: `/app/${name}` }).catch((error: Misuse) =>
      send({ type: 'http.response.body', data: utf8(`not sent: ${error.requirement}\n`) }),
    );
    await send({ type: 'http.response.end' });
  },
});
