import { application } from 'portway';

// Sends every piece of the request body back as it arrives. Reading and writing at the same time is allowed.
export default application({
  async http(scope, receive, send) {
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [
        [
          'content-type',
          scope.headers.find(([name]) => name === 'content-type')?.[1] ?? 'text/plain',
        ],
      ],
    });
    for (;;) {
      const event = await receive();
      if (event.type === 'http.request.body') {
        await send({ type: 'http.response.body', data: event.data });
      } else if (event.type === 'http.request.end') {
        await send({ type: 'http.response.end' });
        return;
      } else if (event.type === 'http.closed') {
        return; // The peer has left. There is nobody to answer.
      }
    }
  },
});
