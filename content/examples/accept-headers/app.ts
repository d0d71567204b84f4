import { application } from 'portway';

export default application({
  async websocket(_scope, receive, send) {
    const extensions = ['sec-websocket-extensions', 'permessage-deflate'] as const;
    await send({ type: 'websocket.accept', headers: [extensions] }).catch(() =>
      send({ type: 'websocket.accept' }),
    );
    await send({ type: 'websocket.message', text: 'Not compressed.' });
    while ((await receive()).type !== 'websocket.closed');
  },
});
