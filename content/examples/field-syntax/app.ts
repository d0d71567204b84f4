import { application, queryOf, sendStatus, sendText } from 'portway';

export default application({
  async http(scope, _receive, send) {
    const next = queryOf(scope).get('next') ?? '/';
    try {
      await sendStatus(send, 303, { headers: [['location', next]] });
    } catch (error) {
      await sendText(send, `${error}\n`, { status: 400 });
    }
  },
});
