// How long a peer takes for a session's set-up and for a message of 100 bytes, in µs. Runs in Node and in pages.
//
// A peer is `{ name, pair() }`; pair() gives `{ setUp(), one, other }`: setUp is one's way from the other's bundle to
// the first message read, one and other are the two ends with `encrypt(bytes)` and `decrypt(message)`. Every call
// reads the session from bytes and leaves it as bytes, as it would be stored.

const TEXT = new Uint8Array(100).fill(97);
const now = () => performance.now() * 1000;

/** @param {{ pairs: number, setUps: number, millis: number }} size - At most so many, and not longer than that. */
export async function measure(peer, { pairs, setUps, millis }) {
  const setUp = await times(setUps, millis, async () => {
    const { setUp } = await peer.pair();
    return timed(setUp);
  });

  const made = await peer.pair();
  await made.setUp();
  let [from, to] = [made.other, made.one];
  const once = async () => {
    const message = await from.encrypt(TEXT);
    await to.decrypt(message);
  };
  const pingPong = await times(pairs, millis, async () => {
    const time = await timed(once);
    [from, to] = [to, from];
    return time;
  });
  const oneWay = await times(pairs, millis, () => timed(once));
  return {
    setup_us: round(quantile(setUp, 0.5)),
    pingpong_us: round(quantile(pingPong, 0.5)),
    oneway_us: round(quantile(oneWay, 0.5)),
    pingpong_p99_us: round(quantile(pingPong, 0.99)),
    pingpong_mean_us: round(pingPong.reduce((sum, time) => sum + time, 0) / pingPong.length),
  };
}

async function timed(run) {
  const start = now();
  await run();
  return now() - start;
}

/** The times of many runs, the first tenth left out, for the engine warms up in it. */
async function times(count, millis, run) {
  const found = [];
  const end = performance.now() + millis;
  while (found.length < count && (performance.now() < end || found.length < 10)) found.push(await run());
  return found.slice(Math.floor(found.length / 10));
}

function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}

const round = (value) => Number(value.toFixed(1));
