import { application, sendText } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    await send({ type: 'http.informational', status: 102 });
    await send({ type: 'http.refuse' }).catch(() =>
      sendText(send, 'Too busy, and too late to deny it.\n', { status: 503 }),
    );
  },
});
