import { application, sendText, utf8 } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    await sendText(send, 'That is all.\n');
    await send({ type: 'http.response.body', data: utf8('By the way\n') }).catch((error) => {
      console.log(`${error}`);
    });
  },
});
