import { application, utf8 } from 'portway';

export default application({
  async http(_scope, receive, send) {
    let size = 0;
    for (let whole = false; !whole; ) {
      const event = await receive();
      switch (event.type) {
        case 'http.request.body':
          size += event.data.length;
          break;
        case 'http.request.end':
          whole = true;
          break;
        case 'http.closed':
          return;
        default: // An event that this application does not know is none of its business.
      }
    }
    // No fields, which is the default; and a key that is for another gateway than this one.
    const start = { status: 200, 'com.example.cache-tag': 'counts' };
    await send({ type: 'http.response.start', ...start });
    await send({ type: 'http.response.body', data: utf8(`${size} octets\n`) });
    await send({ type: 'http.response.end' });
  },
});
