import { application, sendText } from 'portway';

export default application({
  async http(scope, receive, send) {
    const { cancel } = scope.local;
    let size = 0;
    let event = await receive();
    for (; event.type === 'http.request.body'; event = await receive()) size += event.data.length;

    if (event.type === 'http.closed') {
      // To stop here would be enough. Two more calls show what they give: the same event, and an error of its cause.
      await receive();
      await sendText(send, `cancelled: ${cancel.aborted}, after ${size} octets\n`);
    }
    await sendText(send, `${size} octets, thank you.\n`);
  },
});
