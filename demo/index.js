/**
 * The demo's shell: who sits at this browser, a frame for each, and a line that says what is running.
 *
 * The first browser shows two people side by side; every later one is a person more.
 */
const LATER = ['Cleo', 'Dan', 'Eve', 'Finn', 'Gia', 'Hal', 'Ida', 'Jon', 'Kim', 'Leo'];
const ROLE = 'coming-demo-role';

const people = document.getElementById('people');
const running = document.getElementById('running');
const connections = new Map();
let config;

const names = namesOf(await roleOfThisBrowser());
if (names.length === 1) {
  document.getElementById('lead').textContent =
    `You are ${names[0]}. Write to the people in the list; they are in other browsers.`;
}
for (const name of names) people.append(frameOf(name));

addEventListener('message', ({ origin, source, data }) => {
  const isFrame = [...people.children].some((frame) => frame.contentWindow === source);
  if (origin !== location.origin || !isFrame) return;
  connections.set(data.name, data.connection);
  tell();
});
await refreshConfig();
// The relay may be restarted, as another process.
setInterval(refreshConfig, 5000);

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
  tell();
}

function tell() {
  const parts = config
    ? [`Relay ws://${location.hostname}:${config.relayPort} (process ${config.relayProcess ?? 'none'})`]
    : ['The demo server is away'];
  for (const [name, connection] of connections) parts.push(`${name}: ${connection}`);
  running.textContent = parts.join('  ·  ');
}
