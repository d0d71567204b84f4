import { application, sendText } from 'portway';

export default application({
  async http(_scope, receive, send) {
    const first = receive();
    const second = await receive().then(
      (event) => event.type,
      (error) => `${error}`,
    );
    const { type } = await first;
    await sendText(send, `first: ${type}\nsecond: ${second}\n`);
  },
});
