import type { ComponentChildren } from 'preact';
import './badge.css';

export interface BadgeProps {
  /** accent: the house; human: a person, or something that needs one; danger: wrong; good: well; plain: a fact. */
  tone?: 'plain' | 'accent' | 'human' | 'danger' | 'good';
  /** A count in a full colour, to be seen from afar, rather than a word on a tint. */
  strong?: boolean;
  children: ComponentChildren;
}

export function Badge({ tone = 'plain', strong = false, children }: BadgeProps) {
  return <span class={`b-badge b-badge-${tone}${strong ? ' b-badge-strong' : ''}`}>{children}</span>;
}
