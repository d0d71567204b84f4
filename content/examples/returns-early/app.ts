import { application, sendText, utf8 } from 'portway';

export default application({
  async http(scope, _receive, send) {
    if (scope.path === '/silent') return;
    if (scope.path === '/half') {
      await send({ type: 'http.response.start', status: 200 });
      await send({ type: 'http.response.body', data: utf8('to be continued') });
      return;
    }
    await sendText(send, 'Ask for /silent or /half.\n');
  },
});
