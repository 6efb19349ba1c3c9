/** What somebody who opens the gateway's address in a browser sees. */
export const welcomePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Baton gateway</title>
<style>
body { font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color-scheme: light dark; }
</style>
</head>
<body>
<h1>Baton gateway</h1>
<p>Chat clients and agent consoles connect here with Socket.IO, on the default path and namespace.</p>
<ul>
<li><a href="/health">/health</a>: the state of every part</li>
<li><a href="/api/info">/api/info</a>: what runs here</li>
</ul>
</body>
</html>
`;
