import { application, type HttpSendEvent, type Send, sendText } from 'portway';

const LIMIT = 60;

export default application({
  async http(scope, receive, send) {
    if ((scope.content_length ?? 0) > LIMIT) {
      return refuse(send, 413, `At most ${LIMIT} octets, please.\n`);
    }
    let event = await receive();
    if (event.type === 'http.request.body' && event.data[0] !== 0x50) {
      await refuse(send, 415, 'A picture begins with a P.\n');
      await receive(); // http.closed, for nothing more can come,
      await receive(); // and once more.
      return;
    }
    while (event.type === 'http.request.body') event = await receive();
    await sendText(send, 'Thank you.\n');
  },
});

async function refuse(send: Send<HttpSendEvent>, status: number, why: string): Promise<void> {
  await send({ type: 'http.request.discard' });
  await sendText(send, why, { status });
}
