import type { ComponentChildren } from 'preact';
import './banner.css';

export interface BannerProps {
  tone?: 'notice' | 'danger' | 'good' | 'human';
  icon?: ComponentChildren;
  /** What the reader can do about it. */
  action?: ComponentChildren;
  children: ComponentChildren;
}

/** One line across the top of what it speaks of. Read out when it appears: at once when it is a danger. */
export function Banner({ tone = 'notice', icon, action, children }: BannerProps) {
  return (
    <div class={`b-banner b-banner-${tone}`} role={tone === 'danger' ? 'alert' : 'status'}>
      {icon}
      <p class="b-banner-text">{children}</p>
      {action}
    </div>
  );
}

/**
 * Floats over the page for what has just happened. Render it inside `ToastArea`, and take it away after some seconds.
 */
export function Toast(props: BannerProps) {
  return (
    <div class="b-toast">
      <Banner {...props} />
    </div>
  );
}

export function ToastArea({ children }: { children: ComponentChildren }) {
  return <div class="b-toast-area">{children}</div>;
}
