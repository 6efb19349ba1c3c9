import { type Chat, type ClientStorage, createChat } from '@baton/client';
import { applyAccent } from '../accent.ts';
import { type Language, loadLanguage } from '../i18n/i18n.ts';
import type { Settings } from '../settings.ts';

const VISITOR_KEY = 'baton.visitor';

/** Makes the page what its settings say, and the chat that it shows. */
export async function prepare(
  settings: Settings,
  storage: ClientStorage,
): Promise<{ chat: Chat; language: Language; storage: ClientStorage }> {
  const root = document.documentElement;
  const language = await loadLanguage(settings.language);
  root.lang = language.tag;
  root.dir = language.direction;
  if (settings.theme !== undefined) root.dataset.theme = settings.theme;
  applyAccent(settings.colour, root);
  const { pageUrl, metadata } = settings;
  const chat = createChat({
    userId: settings.userId ?? visitorId(storage),
    storage,
    botContext: { language: language.tag, ...(pageUrl !== undefined && { page: pageUrl }) },
    metadata: { ...metadata, language: language.tag, ...(pageUrl !== undefined && { page: pageUrl }) },
  });
  return { chat, language, storage };
}

/** A visitor whom the site does not name has a name of chance, the same as long as the browser remembers it. */
function visitorId(storage: ClientStorage): string {
  const known = storage.get(VISITOR_KEY);
  if (known !== null) return known;
  const chosen = `visitor-${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(36).padStart(2, '0')).join('')}`;
  storage.set(VISITOR_KEY, chosen);
  return chosen;
}

/** The element that the page is made in. */
export function mount(): HTMLElement {
  const element = document.getElementById('chat');
  if (element === null) throw new Error('the page has no element with the id chat');
  return element;
}
