export const page = `<!doctype html>
<meta charset="utf-8">
<title>A room</title>
<style>body { font: 16px system-ui; margin: 3rem auto; max-width: 40rem } li { margin: .3rem 0 }</style>
<h1>A room</h1>
<p>Served by version <b id="version">…</b>; this socket was opened <b id="opened"></b>.</p>
<form><input name="text" autofocus placeholder="Say something"> <button>Say</button></form>
<ul></ul>
<script>
  const socket = new WebSocket(location.href.replace('http', 'ws'));
  socket.onopen = () => (opened.textContent = new Date().toLocaleTimeString());
  socket.onmessage = ({ data }) => {
    const line = document.createElement('li');
    line.textContent = data;
    document.querySelector('ul').prepend(line);
  };
  document.forms[0].onsubmit = (event) => {
    event.preventDefault();
    socket.send(event.target.text.value);
    event.target.reset();
  };
  new EventSource('/api/events').addEventListener('version', ({ data }) => (version.textContent = data));
</script>
`;
