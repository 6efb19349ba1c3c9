import { isTrustedSource } from '@baton/contracts';

/** Origin something is: what is shared fairly is shared by address, then by customer, then by chat. [S6] */
export interface Origin {
  address: string;
  customer: string;
  chat: string;
}

/** By the `source` of a chat: one of which it is not known stands for itself, one of a trusted network for its customer. */
export function originOf(chat: string, source: string | undefined): Origin {
  if (source === undefined) return { address: chat, customer: chat, chat };
  const [address = ''] = isTrustedSource(source) ? [source] : source.split('.', 1);
  return { address, customer: source, chat };
}

/** Who may be served now; without a function everybody may. */
interface May {
  address?: (address: string) => boolean;
  customer?: (customer: string) => boolean;
}

/**
 * [S6] A queue in which each address has its turn after the other, at each address each customer, of each customer each
 * chat, and of each chat what came first. However much one of them adds, the others wait for one of its items at most
 * before it is their turn again.
 */
export function createFairQueue<Item>() {
  /** Each map is in the order in which its keys are served: one that was served goes to the end. */
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
