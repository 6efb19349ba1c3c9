/** URLs without their secrets, for people and logs: passwords, and tokens of NATS, which stand where a user would. */
export function withoutSecrets(urls: string): string {
  return urls
    .split(/,(?=[a-z]+:\/\/)/i)
    .map((url) => {
      const [, scheme = '', rest = ''] = /^([a-z]+:\/\/)(.*)$/is.exec(url) ?? [];
      const authority = rest.split(/[/?#]/, 1)[0] ?? '';
      // The last one: an @ of a password that nobody encoded stays on the hidden side.
      const at = authority.lastIndexOf('@');
      if (at < 0) return url;
      const colon = authority.indexOf(':');
      const isToken = /^(nats|tls):/i.test(scheme) && (colon < 0 || colon > at);
      if (isToken) return `${scheme}***${rest.slice(at)}`;
      return colon < 0 || colon > at ? url : `${scheme}${rest.slice(0, colon)}:***${rest.slice(at)}`;
    })
    .join(',');
}
