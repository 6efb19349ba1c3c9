import './avatar.css';
import { classes } from '../classes.ts';
import { BatonMark } from '../icons/icons.tsx';
import { firstLetter } from './first-letter.ts';

export interface AvatarProps {
  /** The bot is shown by the mark, a person by their initials. */
  who: 'bot' | 'person';
  name?: string | undefined;
  size?: 'm' | 's';
  /** A dot beside it: here, taking no more, or gone. */
  presence?: 'available' | 'busy' | 'offline' | undefined;
}

/** Says nothing to a screen reader: the name is beside it. */
export function Avatar({ who, name = '', size = 'm', presence }: AvatarProps) {
  return (
    <span class={classes('b-avatar', `b-avatar-${who}`, size === 's' && 'b-avatar-small')} aria-hidden="true">
      {who === 'bot' ? <BatonMark size={size === 's' ? 16 : 22} /> : initials(name)}
      {presence !== undefined && <span class={`b-presence b-presence-${presence}`} />}
    </span>
  );
}

/** First letters of the first and the last word of a name: 'Grace Hopper' → 'GH', '李雷' → '李'. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = (word = ''): string => firstLetter(word).toLocaleUpperCase();
  return words.length > 1 ? first(words[0]) + first(words.at(-1)) : first(words[0]);
}
