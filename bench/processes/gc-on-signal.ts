// Loaded before a server whose memory is compared (`--expose-gc --import`): SIGUSR2 makes it collect its garbage, so
// that what is compared is what it keeps.
process.on('SIGUSR2', () => globalThis.gc?.());
