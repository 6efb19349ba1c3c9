import { type ClientStorage, createChat } from '@baton/client';
import { applyAccent } from '../accent.ts';
import type { ChatAppProps } from '../chat/chat-app.tsx';
import { loadLanguage } from '../i18n/i18n.ts';
import type { Settings } from '../settings.ts';
import { installationTexts } from './installation-texts.ts';

type Prepared = Pick<ChatAppProps, 'chat' | 'language' | 'storage' | 'title' | 'greeting'>;

const VISITOR_KEY = 'baton.visitor';

/** Makes the page what its settings say, and the chat that it shows. */
export async function prepare(settings: Settings, storage: ClientStorage): Promise<Prepared> {
  const root = document.documentElement;
  const [language, words] = await Promise.all([loadLanguage(settings.language), installationTexts()]);
  root.lang = language.tag;
  root.dir = language.direction;
  if (settings.theme !== undefined) root.dataset.theme = settings.theme;
  applyAccent(settings.colour, root);
  const { pageUrl, metadata, botContext } = settings;
  const about = { language: language.tag, ...(pageUrl !== undefined && { page: pageUrl }) };
  const chat = createChat({
    // The gateway that has served this page, at the root of a site or below a path of it.
    url: new URL('.', location.href).href,
    userId: settings.userId ?? visitorId(storage),
    storage,
    // `Welcome` greets, in the visitor's language: another greeting would be one that nobody was shown. A persona has a
    // greeting of its own, which is shown.
    greeted: typeof botContext !== 'string',
    // A text is the bot's persona, and goes unchanged: language and page reach it with the metadata, too.
    botContext: typeof botContext === 'string' ? botContext : { ...botContext, ...about },
    metadata: { ...metadata, ...about },
  });
  return {
    chat,
    language,
    storage,
    title: settings.title ?? words.title,
    greeting: settings.greeting ?? words.greeting,
  };
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
