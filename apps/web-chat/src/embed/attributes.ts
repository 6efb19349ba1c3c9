/** What the script tag says. */
export interface WidgetSettings {
  /** Where the gateway is. */
  origin: string;
  title: string | undefined;
  colour: string | undefined;
  position: 'end' | 'start' | 'left' | 'right';
  language: string;
  /**
   * The frame's address, settings included, and where the visitor is by now: pages may move on without being loaded.
   */
  frameUrl: () => string;
}

/** Attributes that the chat itself acts on, by the names it knows them by. */
const FOR_THE_CHAT = {
  title: 'title',
  color: 'color',
  lang: 'lang',
  user: 'user',
  theme: 'theme',
  greeting: 'greeting',
  suggestions: 'suggestions',
  metadata: 'metadata',
  botContext: 'context',
} as const;
const POSITIONS: readonly string[] = ['end', 'start', 'left', 'right'];

export function readAttributes(script: HTMLScriptElement): WidgetSettings {
  const given = script.dataset;
  // Beside this file, unless it was put on another server.
  const gateway = new URL(given.gateway ?? '.', script.src);
  const folder = gateway.origin + (gateway.pathname.endsWith('/') ? gateway.pathname : `${gateway.pathname}/`);
  const language = given.lang ?? document.documentElement.lang ?? '';
  const chosen = new URLSearchParams();
  for (const [attribute, name] of Object.entries(FOR_THE_CHAT)) {
    const value = given[attribute];
    if (value !== undefined && value !== '') chosen.set(name, value);
  }
  if (language !== '') chosen.set('lang', language);
  const position = given.position ?? 'end';
  return {
    origin: gateway.origin,
    title: given.title,
    colour: given.color,
    position: POSITIONS.includes(position) ? (position as WidgetSettings['position']) : 'end',
    language: language === '' ? navigator.language : language,
    frameUrl() {
      // Without what stands behind the path: it may hold what is nobody's business.
      chosen.set('page', location.origin + location.pathname);
      // Behind the # it is not sent to any server, nor written into its log.
      return `${folder}widget#${chosen}`;
    },
  };
}
