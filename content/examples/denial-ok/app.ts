import { application, sendText } from 'portway';

export default application({
  async websocket(_scope, _receive, send) {
    await sendText(send, 'There is no WebSocket here.\n').catch(() =>
      sendText(send, 'There is no WebSocket here.\n', { status: 404 }),
    );
  },
});
