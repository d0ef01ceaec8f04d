// Matrix's olm in WebAssembly, for the benchmark. It takes text, so the bytes are read as such.
import Olm from '@matrix-org/olm';

export const name = 'olm';
const KEY = 'key';
let ready;

export async function pair() {
  ready ??= Olm.init(globalThis.olmOptions);
  await ready;
  const [one, other] = [new Olm.Account(), new Olm.Account()];
  one.create();
  other.create();
  other.generate_one_time_keys(1);
  const identityOf = (account) => JSON.parse(account.identity_keys()).curve25519;
  const [oneTime] = Object.values(JSON.parse(other.one_time_keys()).curve25519);
  const pickles = [undefined, undefined];

  const on = (index, run) => {
    const session = new Olm.Session();
    session.unpickle(KEY, pickles[index]);
    const result = run(session);
    pickles[index] = session.pickle(KEY);
    session.free();
    return result;
  };
  const end = (index) => ({
    async encrypt(text) {
      return on(index, (session) => session.encrypt(new TextDecoder().decode(text)));
    },
    async decrypt({ type, body }) {
      return on(index, (session) => session.decrypt(type, body));
    },
  });
  const ends = [end(0), end(1)];
  return {
    one: ends[0],
    other: ends[1],
    async setUp() {
      const outbound = new Olm.Session();
      outbound.create_outbound(one, identityOf(other), oneTime);
      pickles[0] = outbound.pickle(KEY);
      outbound.free();
      const { type, body } = await ends[0].encrypt(new Uint8Array(100).fill(97));
      const inbound = new Olm.Session();
      inbound.create_inbound(other, body);
      other.remove_one_time_keys(inbound);
      inbound.decrypt(type, body);
      pickles[1] = inbound.pickle(KEY);
      inbound.free();
      one.free();
      other.free();
    },
  };
}
