import { isTrustedSource } from '@baton/contracts';

/** Where a request comes from. Capacity is shared by address, then by customer, then by session. [S6] */
export interface Origin {
  address: string;
  customer: string;
  chat: string;
}

/** From the `source` of a session. Without one the session stands for itself; a trusted network is not an address. */
export function originOf(chat: string, source: string | undefined): Origin {
  if (source === undefined) return { address: chat, customer: chat, chat };
  const [address = ''] = isTrustedSource(source) ? [source] : source.split('.', 1);
  return { address, customer: source, chat };
}

/** Limits on who is served now. */
interface May {
  address?: (address: string) => boolean;
  customer?: (customer: string) => boolean;
}

/**
 * [S6] Round robin over addresses, within an address over customers, within a customer over sessions, and first in
 * first out within a session. However much one of them adds, the others wait for one of its items at a time.
 */
export function createFairQueue<Item>() {
  /** Each map is in the order of service: a key that was served moves to the end. */
  const addresses = new Map<string, Map<string, Map<string, Item[]>>>();
  let size = 0;

  const take = (may: May = {}): Item | undefined => {
    for (const [address, customers] of addresses) {
      if (may.address?.(address) === false) continue;
      for (const [customer, chats] of customers) {
        if (may.customer?.(customer) === false) continue;
        const [next] = chats;
        if (next === undefined) continue;
        const [chat, items] = next;
        const item = items.shift();
        size--;
        toEnd(chats, chat, items, items.length);
        toEnd(customers, customer, chats, chats.size);
        toEnd(addresses, address, customers, customers.size);
        return item;
      }
    }
    return undefined;
  };

  return {
    add({ address, customer, chat }: Origin, item: Item): void {
      const customers = within(addresses, address, () => new Map<string, Map<string, Item[]>>());
      const chats = within(customers, customer, () => new Map<string, Item[]>());
      within(chats, chat, () => []).push(item);
      size++;
    },
    /** The next in turn of those who may be served. */
    take,
    /** False when it was taken already. */
    remove({ address, customer, chat }: Origin, item: Item): boolean {
      const customers = addresses.get(address);
      const chats = customers?.get(customer);
      const items = chats?.get(chat);
      const index = items?.indexOf(item) ?? -1;
      if (customers === undefined || chats === undefined || items === undefined || index < 0) return false;
      items.splice(index, 1);
      size--;
      if (items.length === 0) chats.delete(chat);
      if (chats.size === 0) customers.delete(customer);
      if (customers.size === 0) addresses.delete(address);
      return true;
    },
    get size() {
      return size;
    },
  };
}

function toEnd<Value>(map: Map<string, Value>, key: string, value: Value, left: number): void {
  map.delete(key);
  if (left > 0) map.set(key, value);
}

function within<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}
