import { application, sendText } from 'portway';

export default application({
  async lifespan(_scope, receive, send) {
    await receive();
    let priority = true;
    await send({ type: 'lifespan.ready', accepts: { 'com.example.priority': 1 } }).catch(() => {
      priority = false;
    });
    if (!priority) await send({ type: 'lifespan.ready', state: { priority } });
    while ((await receive()).type !== 'lifespan.shutdown');
  },

  async http(scope, _receive, send) {
    await sendText(send, `priorities: ${scope.local.state['priority']}\n`);
  },
});
