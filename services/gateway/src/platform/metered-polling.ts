/** What Engine.IO's transport for clients that poll does with the body of a request. */
export interface PollingTransport {
  name: string;
  onData(data: string): void;
}

/** Stands between the packets of one body. */
const SEPARATOR = '\u001e';

/** [S3] [S6] The same as for WebSockets: the packets of a body are counted before it is taken apart. */
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
