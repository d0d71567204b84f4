import { application, type HttpScope, sendJson } from 'portway';

const seen = new Set<string>();

// Answers with what it was told of the request.
export default application({
  async http(scope, _receive, send) {
    const isNew = !seen.has(scope.id);
    seen.add(scope.id);

    await sendJson(send, {
      target: scope.target,
      path: scope.path,
      query: scope.query,
      written: tryToWrite(scope),
      headers: scope.headers.filter(([name]) => name.startsWith('x')),
      upgrade: scope.upgrade?.offers ?? null,
      authority: scope.authority,
      forwarded: scope.forwarded,
      tls: scope.tls,
      idIsNew: isNew,
      interface: scope.gateway.interface,
      mayWaitFor: `${scope.limits.send_buffer_octets} octets`,
    });
  },
});

function tryToWrite(scope: HttpScope): string {
  try {
    (scope as { path: string }).path = '/elsewhere';
    return 'yes';
  } catch (error) {
    return (error as Error).name;
  }
}
