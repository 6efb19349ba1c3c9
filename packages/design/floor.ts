/**
 * The oldest browsers that the pages, the widget and this SDK are made for, by the names that MDN's data has for them.
 * Why these: docs/decisions/0023-chrome-109-firefox-115-safari-15-6.md.
 */
export const floor = {
  chrome: '109',
  chrome_android: '109',
  edge: '109',
  firefox: '115',
  firefox_android: '115',
  safari: '15.6',
  safari_ios: '15.6',
} as const;

/** The same for bundlers. */
export const buildTarget: string[] = ['chrome109', 'edge109', 'firefox115', 'safari15.6'];
