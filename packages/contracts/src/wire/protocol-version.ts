/**
 * Version of the wire: of every subject, payload and socket event together.
 *
 * It is raised when something that used to be understood no longer is, and stays when something is only added.
 * `pnpm contracts:generate` compares with the frozen wire and refuses to write a breaking change under an old version.
 *
 * 1  the first
 * 2  of messages, only questions to the bot are published to services, on plain NATS: `bot.<session>.asked`
 */
export const PROTOCOL_VERSION = 2;
