/** Where the panel is as large as the window. */
export const FILLS_WINDOW = '(max-width: 480px), (max-height: 480px)';

/** Of the button and the panel alone; the chat in the frame brings its own. Colours as in the design's tokens. */
export const launcherStyle = `
/*
 * What a host page says of every element ends at this one, !important or not: important rules of a shadow tree are
 * stronger than those around it. In the top layer, and without it, it takes no room itself.
 */
:host {
  all: initial !important;
  display: block !important;
  position: fixed !important;
  inset: auto 0 0 auto !important;
  width: 0 !important;
  height: 0 !important;
  overflow: visible !important;
  z-index: 2147483000 !important;
}
.launcher, .panel {
  position: fixed;
  z-index: 2147483000;
}
.launcher {
  --accent: #1c5b4b;
  --on-accent: #fff;
  bottom: calc(20px + env(safe-area-inset-bottom));
  display: grid;
  place-items: center;
  width: 60px;
  height: 60px;
  padding: 0;
  border: 0;
  border-radius: 50%;
  background: var(--accent);
  color: var(--on-accent);
  box-shadow: 0 4px 12px rgb(0 0 0 / 18%), 0 12px 32px rgb(0 0 0 / 18%);
  cursor: pointer;
  touch-action: manipulation;
  transition: transform 160ms cubic-bezier(0.2, 0.8, 0.2, 1);
}
.launcher:hover { transform: scale(1.05); }
.launcher:active { transform: scale(0.97); }
.launcher:focus-visible {
  outline: 3px solid #fff;
  outline-offset: 0;
  box-shadow: 0 0 0 6px #0b57d0;
}
.launcher svg {
  width: 28px;
  height: 28px;
  fill: none;
  stroke: currentcolor;
  stroke-width: 2;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.badge {
  position: absolute;
  top: -4px;
  right: -4px;
  min-width: 24px;
  padding: 0 6px;
  box-sizing: border-box;
  border: 2px solid #fff;
  border-radius: 99px;
  background: #f0a92e;
  color: #2c1b00;
  font: 700 13px/20px system-ui, sans-serif;
  text-align: center;
}
.left { left: calc(20px + env(safe-area-inset-left)); }
.right { right: calc(20px + env(safe-area-inset-right)); }
.panel {
  bottom: calc(96px + env(safe-area-inset-bottom));
  width: min(400px, calc(100vw - 40px));
  height: min(680px, calc(100dvh - 120px));
  overflow: hidden;
  border-radius: 22px;
  background: Canvas;
  box-shadow: 0 8px 24px rgb(0 0 0 / 14%), 0 24px 72px rgb(0 0 0 / 22%);
  animation: rise 220ms cubic-bezier(0.2, 0.8, 0.2, 1);
}
.panel.at-once { animation: none; }
[hidden] { display: none !important; }
iframe {
  color-scheme: normal;
}
@keyframes rise {
  from { opacity: 0; transform: translateY(12px); }
}
@media ${FILLS_WINDOW} {
  .panel {
    inset: 0;
    width: auto;
    height: var(--visible-height, 100dvh);
    border-radius: 0;
  }
  .launcher.is-open { display: none; }
}
@media (prefers-reduced-motion: reduce) {
  .panel { animation: none; }
  .launcher { transition: none; }
}
`;
