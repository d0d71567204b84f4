import { application, compose, header, sendText } from 'portway';
import { compress } from './compress.ts';
import { requireKey } from './key.ts';
import { timing } from './timing.ts';

const page = application({
  async http(scope, _receive, send) {
    const user = header(scope, 'x-user');
    await sendText(send, `Welcome, ${user}. ${'Again. '.repeat(20)}\n`);
  },
});

export default compose(page, timing, compress, requireKey(new Map([['secret-1', 'alice']])));
