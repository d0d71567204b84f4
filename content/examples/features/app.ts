import { application, lifespan, sendJson } from 'portway';

const wanted = ['tunnel', 'com.example.priority'];

export default application({
  lifespan: lifespan({
    start({ offers }) {
      const accepted = wanted.filter((name) => offers[name]?.includes(1));
      return {
        accepts: Object.fromEntries(accepted.map((name) => [name, 1])),
        state: { accepted, offers },
      };
    },
  }),

  async http(scope, _receive, send) {
    const { accepted, offers } = scope.local.state;
    const same = JSON.stringify(scope.gateway.features) === JSON.stringify(offers);
    await sendJson(send, { wanted, accepted, sameOffers: same });
  },
});
