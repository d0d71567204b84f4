import { application, type Send, type WebsocketSendEvent } from 'portway';

const room = new Map<string, Send<WebsocketSendEvent>>();

/** Tells everybody but `from`. Who has left in the meantime does not hear it. */
async function tell(text: string, from?: string): Promise<void> {
  const others = [...room].filter(([name]) => name !== from);
  await Promise.all(
    others.map(([, send]) => send({ type: 'websocket.message', text }).catch(() => {})),
  );
}

export default application({
  async websocket(scope, receive, send) {
    const name = scope.path.slice(1);
    await send({ type: 'websocket.accept' });
    room.set(name, send);
    if (room.size === 2) await tell('everybody is here');
    try {
      for (;;) {
        const event = await receive();
        if (event.type === 'websocket.message') await tell(`${name}: ${event.text}`, name);
        else if (event.type === 'websocket.closed') return;
      }
    } finally {
      room.delete(name);
      await tell(`${name} has left`);
    }
  },
});
