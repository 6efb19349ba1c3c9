/** The part of Engine.IO's polling transport that receives the body of a request. */
export interface PollingTransport {
  name: string;
  onData(data: string): void;
}

/** Separates the packets of one body. */
const SEPARATOR = '\u001e';

/** [S3] [S6] Counts the packets of a body before Engine.IO decodes it, as `meteredWebSockets` does for WebSockets. */
export function meterPolling(
  transport: PollingTransport,
  meter: (bytes: number, packets: number) => boolean,
  onOver: () => void,
): void {
  const onData = transport.onData.bind(transport);
  transport.onData = (data) => {
    if (meter(data.length, countPackets(data))) onData(data);
    else onOver();
  };
}

function countPackets(data: string): number {
  let packets = 1;
  for (let at = data.indexOf(SEPARATOR); at >= 0; at = data.indexOf(SEPARATOR, at + 1)) packets++;
  return packets;
}
