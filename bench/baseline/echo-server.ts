// The least that Socket.IO can do: acknowledge with what was sent. Also the server that a gateway's sockets are
// compared with.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer((_, response) => response.writeHead(200).end());
const io = new Server(http, { serveClient: false });
io.on('connection', (socket) => {
  socket.on('echo', (payload: unknown, answer: (reply: object) => void) => answer({ ok: true, value: payload }));
});
http.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
