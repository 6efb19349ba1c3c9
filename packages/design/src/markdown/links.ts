/**
 * Where a link really leads, when its words look like another place: '[bank.example](https://evil.example)' gives
 * 'evil.example', to be shown beside them.
 */
export function honestHost(words: string, href: string): string | undefined {
  const target = URL.parse(href);
  if (target === null || !/^https?:$/.test(target.protocol)) return undefined;
  const looksLike = /(?:^|[\s/@])((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?=$|[\s/:?#])/u.exec(words)?.[1];
  if (looksLike === undefined) return undefined;
  const claimed = URL.parse(`https://${looksLike}`)?.hostname ?? looksLike;
  return withoutWww(claimed) === withoutWww(target.hostname) ? undefined : target.hostname;
}

const withoutWww = (host: string): string => host.toLowerCase().replace(/^www\./, '');
