// Exit 0 when this container's process says that it can do its work.
const port = process.env.HEALTH_PORT ?? process.env.PORT ?? '3001';
const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2_500) }).catch(
  () => undefined,
);
process.exit(response?.ok ? 0 : 1);
