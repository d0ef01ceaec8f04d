/**
 * The demo's shell: who sits at this browser, a frame for each, and a line that says what is running.
 *
 * The first browser shows two people side by side; every later one is a person more.
 */
const LATER = ['Cleo', 'Dan', 'Eve', 'Finn', 'Gia', 'Hal', 'Ida', 'Jon', 'Kim', 'Leo'];
const ROLE = 'coming-demo-role';

const people = document.getElementById('people');
let config;
let block;

const names = namesOf(await roleOfThisBrowser());
/** What the frames told last, by person. */
const told = new Map(names.map((name) => [name, { connection: 'idle' }]));
if (names.length === 1) {
  document.getElementById('lead').textContent =
    `You are ${names[0]} and were given 0.05 XBTC. Who is in the list sits at another browser: choose somebody.`;
}
for (const name of names) people.append(frameOf(name));

addEventListener('message', ({ origin, source, data: { name, ...news } }) => {
  const isFrame = [...people.children].some((frame) => frame.contentWindow === source);
  if (origin !== location.origin || !isFrame) return;
  block = news.block ?? block;
  told.set(name, { ...told.get(name), ...news });
  show();
  // Whoever lost a connection may have lost a server.
  if (news.connection ?? news.chain) void refreshConfig();
});
await refreshConfig();
// A server may be restarted, as another process.
setInterval(refreshConfig, 3000);

async function roleOfThisBrowser() {
  const stored = Number(localStorage.getItem(ROLE));
  if (stored > 0) return stored;
  const { number } = await (await fetch('role', { method: 'POST' })).json();
  localStorage.setItem(ROLE, String(number));
  return number;
}

function namesOf(role) {
  if (role === 1) return ['Ada', 'Bo'];
  return [LATER[role - 2] ?? `Guest ${role}`];
}

function frameOf(name) {
  const frame = document.createElement('iframe');
  frame.title = name;
  frame.src = `person.html?name=${encodeURIComponent(name)}`;
  return frame;
}

async function refreshConfig() {
  try {
    config = await (await fetch('config')).json();
  } catch {
    config = undefined;
  }
  show();
}

function show() {
  const servers = config
    ? [server('Relay', config.relay), server('Chain', config.chain, block && `block ${block}`)]
    : [item('Demo server', false, 'away')];
  document.getElementById('running').replaceChildren(...servers, ...[...told].map(person));
}

function server(label, { port, process }, ...more) {
  if (process === undefined) return item(label, false, 'away, is being started again');
  return item(label, true, `ws://${location.hostname}:${port}`, `process ${process}`, ...more);
}

function person([name, { connection, chain }]) {
  const isOnline = connection === 'online' && chain === 'online';
  return item(name, isOnline, isOnline ? 'online' : `relay ${connection}, chain ${chain ?? 'idle'}`);
}

function item(label, isUp, ...parts) {
  const row = document.createElement('li');
  row.dataset.state = isUp ? 'up' : 'away';
  const title = document.createElement('b');
  title.textContent = label;
  row.append(title, ` ${parts.filter(Boolean).join(' · ')}`);
  return row;
}
