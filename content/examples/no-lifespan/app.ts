import { type Application, sendText, UnsupportedScope } from 'portway';

const app: Application = async (scope, _receive, send) => {
  if (scope.type !== 'http') throw new UnsupportedScope(scope.type);
  await sendText(send, `state: ${JSON.stringify(scope.local.state)}\n`);
};

export default app;
