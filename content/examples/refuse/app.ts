import { application, readBody, sendText } from 'portway';

let attempts = 0;

export default application({
  async http(_scope, receive, send) {
    const order = await readBody(receive, { limit: 1000 });
    attempts++;
    // Stands for a moment in which there is too much to do: every other attempt is one.
    if (attempts % 2 === 1) return send({ type: 'http.refuse' });
    await sendText(send, `Ordered once, in ${order.length} octets.\n`, { status: 201 });
  },
});
