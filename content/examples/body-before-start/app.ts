import { application, sendText, utf8 } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    try {
      await send({ type: 'http.response.body', data: utf8('Hello\n') });
    } catch (error) {
      await sendText(send, `${error}\n`, { status: 500 });
    }
  },
});
