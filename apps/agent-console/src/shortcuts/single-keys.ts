import { signal } from '@preact/signals';
import { lasting } from '../console/storage.ts';

/**
 * Whether `?` alone opens the list of shortcuts. Who speaks to the computer may press keys without meaning to, so it
 * can be turned off (WCAG 2.1.4).
 */
export const singleKeys = signal(lasting.read('baton.console.single-keys') !== 'off');
