export const page = `<!doctype html>
<meta charset="utf-8">
<title>A room</title>
<style>
  body { font: 16px system-ui; margin: 3rem auto; max-width: 40rem }
  li { margin: .3rem 0 }
  b { font-variant-numeric: tabular-nums }
</style>
<h1>A room</h1>
<p>
  Served by version <b id="version">…</b>, after <b id="swaps">0</b> swaps.
  The socket is <b id="state">opening</b>; it was opened at <b id="opened">…</b>.
</p>
<form><input name="text" autofocus placeholder="Say something"> <button>Say</button></form>
<ul></ul>
<p><label>Upload <input type="file"></label> <b id="bytes"></b></p>
<p><a href="/about">About this page</a></p>
<script>
  const show = (id, text) => (document.getElementById(id).textContent = text);
  const socket = new WebSocket(location.href.replace('http', 'ws'));
  socket.onopen = () => {
    show('state', 'open');
    show('opened', new Date().toLocaleTimeString());
  };
  socket.onclose = () => show('state', 'closed');
  socket.onmessage = ({ data }) => {
    const line = document.createElement('li');
    line.textContent = data;
    const lines = document.querySelector('ul');
    lines.prepend(line);
    while (lines.children.length > 20) lines.lastChild.remove();
  };
  document.forms[0].onsubmit = (event) => {
    event.preventDefault();
    socket.send(event.target.text.value);
    event.target.reset();
  };
  document.querySelector('[type=file]').onchange = async ({ target }) => {
    const answer = await fetch('/api/upload', { method: 'POST', body: target.files[0] });
    const { bytes } = await answer.json();
    show('bytes', bytes + ' bytes have arrived.');
  };
  let before;
  let swaps = 0;
  new EventSource('/api/events').addEventListener('version', ({ data }) => {
    if (before !== undefined && before !== data) show('swaps', ++swaps);
    show('version', (before = data));
  });
</script>
`;

export const about = `<!doctype html>
<meta charset="utf-8">
<title>About</title>
<style>
  body { font: 16px system-ui; margin: 3rem auto; max-width: 40rem }
</style>
<h1>About</h1>
<p>
  The room's sockets belong to the host, the code behind them is a plugin. Edit <code>plugins/web/index.ts</code> and
  save: the next message is said by the new code, over the same socket.
</p>
<p><a href="/">Back to the room</a></p>
`;
