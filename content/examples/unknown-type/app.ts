import { application, sendText } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    try {
      await send({ type: 'http.response.begin', status: 200 } as never);
    } catch (error) {
      await sendText(send, `${error}\n`);
    }
  },
});
