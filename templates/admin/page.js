// The admin page: it is told everything by server-sent events, and asks for nothing itself.
const facts = JSON.parse(document.getElementById('facts').textContent);
const at = (id) => document.getElementById(id);
const base = location.pathname.endsWith('/') ? '' : `${location.pathname.split('/').pop()}/`;
const SHOWN = 60;
const MOST_LINES = 200;

/** The token is taken out of the address: an address is remembered, shared and logged. */
const address = new URL(location.href);
const given = address.searchParams.get('token');
if (given !== null) {
  sessionStorage.setItem('liveswap-token', given);
  address.searchParams.delete('token');
  history.replaceState(null, '', address);
}
const token = facts.token ?? sessionStorage.getItem('liveswap-token') ?? '';
const headers = { authorization: `Bearer ${token}` };

/** The last seconds of each plugin: calls a second, and the 99th percentile. */
const seconds = new Map();
/** How many calls each version had answered a second ago. */
let answered = new Map();

at('where').textContent = facts.folder;
for (const action of facts.allow) at('actions').append(buttonFor(action));
void connect();

async function connect() {
  for (;;) {
    try {
      const response = await fetch(`${base}events`, { headers });
      if (!response.ok) return say('lost', (await response.text()).trim());
      say('live', 'connected');
      await read(response.body.pipeThrough(new TextDecoderStream()));
    } catch {
      // The server is gone, for a while or for good.
    }
    say('lost', 'connection lost, trying again …');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function read(stream) {
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    const messages = text.split('\n\n');
    text = messages.pop();
    for (const message of messages) take(message);
  }
}

function take(message) {
  const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(message) ?? [];
  if (name === 'state') show(JSON.parse(data));
  if (name === 'event') tell(JSON.parse(data));
  if (name === 'history') {
    at('log').replaceChildren();
    at('generations').replaceChildren();
    for (const event of JSON.parse(data)) tell(event);
  }
}

function say(state, text) {
  at('connection').className = state;
  at('connection').textContent = text;
}

function show(state) {
  const versions = state.plugins.flatMap((plugin) => plugin.versions);
  const summary = {
    generation: state.generation ?? 'none',
    reloads: state.reloads,
    'failed changes': state.failedChanges,
    'thread crashes': state.crashes,
    threads: versions.reduce((sum, { threads }) => sum + threads.length, 0),
    standby: state.standbyThreads,
  };
  fill(
    'summary',
    Object.entries(summary).map(([name, value]) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, String(value))),
    ),
  );
  fill(
    'draining',
    versions
      .filter((version) => version.state === 'draining')
      .map(({ plugin, version, keptBy }) =>
        element('li', { class: 'draining' }, `${plugin}@${version}: ${keptBy || 'on its way out'}`),
      ),
    element('li', { class: 'none' }, 'nothing'),
  );
  fill('plugins', state.plugins.map(pluginCard), element('p', { class: 'none' }, 'nothing is loaded'));
  answered = new Map(versions.map((version) => [keyOf(version), version.calls]));
}

/** Shows these elements, or what stands for none. */
function fill(id, elements, none = '') {
  adapt(at(id), elements.length > 0 ? elements : [none]);
}

/** Makes the children of an element those, and leaves alone what is so already: a selection, a place scrolled to, a focus. */
function adapt(parent, children) {
  const old = [...parent.childNodes];
  for (const [index, child] of children.entries()) {
    const was = old[index];
    if (was?.nodeName !== child.nodeName) was ? was.replaceWith(child) : parent.append(child);
    else if (child.nodeType === Node.TEXT_NODE) {
      if (was.data !== child.data) was.data = child.data;
    } else {
      for (const { name } of [...was.attributes]) if (!child.hasAttribute(name)) was.removeAttribute(name);
      for (const { name, value } of child.attributes)
        if (was.getAttribute(name) !== value) was.setAttribute(name, value);
      adapt(was, [...child.childNodes]);
    }
  }
  for (const rest of old.slice(children.length)) rest.remove();
}

function pluginCard(plugin) {
  const known = seconds.get(plugin.plugin) ?? { calls: plugin.calls, rates: [], times: [] };
  known.rates = [...known.rates, plugin.calls - known.calls].slice(-SHOWN);
  known.times = [...known.times, plugin.p99Ms ?? 0].slice(-SHOWN);
  known.calls = plugin.calls;
  seconds.set(plugin.plugin, known);
  const rate = known.rates.at(-1);
  return element(
    'article',
    { 'aria-label': `Plugin ${plugin.plugin}` },
    element('h3', {}, plugin.plugin),
    element(
      'div',
      { class: 'charts' },
      chart(`${rate} calls/s`, known.rates),
      chart(`p50 ${ms(plugin.p50Ms)}, p99 ${ms(plugin.p99Ms)}`, known.times),
      element(
        'p',
        { class: plugin.failures > 0 ? 'error' : 'none' },
        `${plugin.calls} calls, ${plugin.failures} failed`,
      ),
    ),
    element(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': `Versions of ${plugin.plugin}` },
      versionTable(plugin),
    ),
  );
}

function versionTable({ plugin, versions }) {
  const names = [
    'version',
    'state',
    'calls/s',
    'calls',
    'failed',
    'p50',
    'p99',
    'pending',
    'queued',
    'threads',
    'kept by',
  ];
  const rows = versions.map((version) =>
    element(
      'tr',
      {},
      element('td', {}, version.version),
      element('td', { class: version.state }, version.state),
      element('td', {}, String(version.calls - (answered.get(keyOf(version)) ?? version.calls))),
      element('td', {}, String(version.calls)),
      element('td', {}, String(version.failures)),
      element('td', {}, ms(version.p50Ms)),
      element('td', {}, ms(version.p99Ms)),
      element('td', {}, String(version.pendingCount)),
      element('td', {}, String(version.queued)),
      element('td', { class: 'words' }, version.threads.map(threadWords).join(' · ')),
      element('td', { class: 'words' }, version.keptBy),
    ),
  );
  const head = element('tr', {}, ...names.map((name) => element('th', { scope: 'col' }, name)));
  return element(
    'table',
    { 'aria-label': `Versions of ${plugin}` },
    element('thead', {}, head),
    element('tbody', {}, ...rows),
  );
}

function keyOf({ plugin, version, loadedAt }) {
  return `${plugin}@${version} ${loadedAt}`;
}

function threadWords({ index, state, eventLoopUtilization, heapUsedBytes }) {
  const busy = `${Math.round(eventLoopUtilization * 100)} % busy`;
  return `${index} ${state}, ${busy}, ${Math.round(heapUsedBytes / 2 ** 20)} MB heap`;
}

function tell({ at: time, event }) {
  const line = element('li', { class: isFailure(event) ? 'error' : '' }, clock(time), ` ${wordsOf(event)}`);
  if (event.error?.breaks) line.append(element('ul', {}, ...event.error.breaks.map(breakItem)));
  at('log').prepend(line);
  while (at('log').children.length > MOST_LINES) at('log').lastElementChild.remove();
  if (event.type !== 'reloaded') return;
  const plugins = Object.entries(event.details).map(([name, note]) => `${name} ${note}`);
  const text = ` generation ${event.generation} by ${event.reason}, ${ms(event.ms.total)}: ${plugins.join(', ')}`;
  at('generations').prepend(element('li', {}, clock(time), text));
}

/** A difference between two releases: what was, and what would be. */
function breakItem({ symbol, plugin, kind, part, before, after }) {
  const what = `${symbol} of ${plugin}, ${kind}${part === undefined ? '' : ` ${part}`}: `;
  return element('li', {}, what, element('del', {}, before), ' ', element('ins', {}, after));
}

function isFailure({ type, error }) {
  return error !== undefined || /Failed$|Crashed$/.test(type);
}

function wordsOf({ type, plugin, version, thread, error, message, ...rest }) {
  const who = plugin === undefined ? '' : ` ${plugin}${version === undefined ? '' : `@${version}`}`;
  const where = thread === undefined ? '' : ` thread ${thread}`;
  const { state, reason, warning } = rest;
  const what = error?.message ?? message ?? state ?? warning ?? reason ?? '';
  return `${type}${who}${where} ${what}`.trimEnd();
}

function buttonFor(action) {
  const button = element('button', { type: 'button' }, action);
  button.addEventListener('click', async () => {
    button.disabled = true;
    const response = await fetch(`${base}${action}`, { method: 'POST', headers }).catch((error) => error);
    button.disabled = false;
    if (response.ok) return;
    // What the swapper refused is among the events already.
    if (response.status === 409) return;
    const message = response instanceof Response ? (await response.text()).trim() : String(response);
    tell({ at: Date.now(), event: { type: `${action}Failed`, message } });
  });
  return button;
}

/** A line over the last minute, with its latest value in words. */
function chart(words, values) {
  const most = Math.max(...values, 1);
  const x = (index) => (index / (SHOWN - 1)) * 100;
  const points = values.map((value, index) => `${x(index)},${20 - (value / most) * 18}`).join(' ');
  const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  picture.setAttribute('viewBox', '0 0 100 21');
  picture.setAttribute('preserveAspectRatio', 'none');
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', `The last minute: ${words} now, at most ${Math.round(most * 10) / 10}`);
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  line.setAttribute('points', points);
  picture.append(line);
  return element('figure', {}, picture, element('figcaption', {}, words));
}

function clock(time) {
  const date = new Date(time);
  return element('time', { datetime: date.toISOString() }, date.toLocaleTimeString([], { hourCycle: 'h23' }));
}

function ms(value) {
  if (value === undefined || value === null) return '–';
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== '') made.setAttribute(key, value);
  made.append(...children);
  return made;
}
