import { application, readBody, sendText } from 'portway';

export default application({
  async http(_scope, receive, send) {
    const body = await readBody(receive, { limit: 1000 });
    await send({ type: 'http.request.discard' }).catch((error) => console.log(`${error}`));
    await sendText(send, `${body.length} octets, read and not discarded\n`);
  },
});
