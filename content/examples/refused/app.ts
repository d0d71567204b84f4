import { application, sendText } from 'portway';

export default application({
  async http(scope, _receive, send) {
    await sendText(send, `The application was asked for ${scope.target} at ${scope.authority}.\n`);
  },
});
