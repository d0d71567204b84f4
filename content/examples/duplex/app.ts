import { application, bodyStream, utf8 } from 'portway';

// Adds up the numbers of the request, one a line, and answers each with the total so far.
export default application({
  async http(_scope, receive, send) {
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [['content-type', 'text/plain']],
    });
    const text = new TextDecoder();
    let rest = '';
    let total = 0;
    for await (const piece of bodyStream(receive)) {
      const lines = (rest + text.decode(piece, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        total += Number(line);
        await send({ type: 'http.response.body', data: utf8(`${total}\n`) });
      }
    }
    if (rest !== '') {
      total += Number(rest);
      await send({ type: 'http.response.body', data: utf8(`${total}\n`) });
    }
    await send({ type: 'http.response.end' });
  },
});
