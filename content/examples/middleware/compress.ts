import { header, type Middleware, withoutFeature } from 'portway';

/** Compresses responses for those who take `deflate`. */
export const compress: Middleware = (app) => {
  // A file is read by the gateway, so its octets do not pass by here.
  const below = withoutFeature('http.file')(app);
  return async (scope, receive, send) => {
    if (scope.type !== 'http' || !/\bdeflate\b/.test(header(scope, 'accept-encoding') ?? '')) {
      return below(scope, receive, send);
    }
    const stream = new CompressionStream('deflate');
    const writer = stream.writable.getWriter();
    let forwarded: Promise<void> | undefined;
    const forward = async () => {
      for await (const data of stream.readable) await send({ type: 'http.response.body', data });
    };
    await below(scope, receive, async (event) => {
      if (event.type === 'http.response.start') {
        const kept = (event.headers ?? []).filter(([name]) => name !== 'content-length');
        await send({
          ...event,
          headers: [...kept, ['content-encoding', 'deflate'], ['vary', 'accept-encoding']],
        });
        forwarded = forward();
      } else if (event.type === 'http.response.body') {
        await writer.write(event.data as Uint8Array<ArrayBuffer>);
      } else if (event.type === 'http.response.end') {
        await writer.close();
        await forwarded;
        await send(event);
      } else await send(event);
    });
  };
};
