import type { Page } from 'playwright-core';
import { MARK } from './hostile-words.ts';

/**
 * Texts of others, as `hostile` made them, that can turn around what stands beside them: neither within isolates, nor
 * alone in an element that keeps its direction to itself. Each is given with what stands around it.
 */
export const turnsOthersAround = (page: Page): Promise<string[]> =>
  page.evaluate((mark) => {
    const keepsToItself = (element: Element) => {
      const { unicodeBidi, display } = getComputedStyle(element);
      return unicodeBidi !== 'normal' && unicodeBidi !== 'embed' ? true : !/^(inline|contents)$/.test(display);
    };
    const around = (node: Node): Element => {
      let element = node.parentElement ?? document.body;
      while (element !== document.body && !keepsToItself(element)) element = element.parentElement ?? document.body;
      return element;
    };
    const textsOf = (element: Element) => {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      return texts.filter(({ data, parentElement }) => data.trim() !== '' && !parentElement?.closest('script, style'));
    };
    const outsideOfIsolates = (text: string) => text.replace(/\u2068[^\u2069]*\u2069/g, '');
    return textsOf(document.body).flatMap((node) => {
      const left = outsideOfIsolates(node.data);
      // A message is somebody's words from its beginning to its end, and preformatted text is left alone.
      if (!left.includes(mark) || node.parentElement?.closest('.b-md[dir="auto"], pre')) return [];
      const element = around(node);
      const beside = textsOf(element).filter((other) => other !== node && around(other) === element);
      const isAlone = /^[\u202e\s]*\u05d0/.test(left) && beside.length === 0;
      return isAlone ? [] : [`${element.tagName}.${element.className}: ${element.textContent}`];
    });
  }, MARK);
