import type { ComponentChildren } from 'preact';
import './icons.css';

export interface IconProps {
  /** Side in CSS pixels; 20 unless told. */
  size?: number;
}

/** Icons are drawn on 24 × 24 with round strokes, and say nothing to a screen reader: the words are beside them. */
function icon(shape: ComponentChildren, turns = false) {
  return ({ size = 20 }: IconProps) => (
    <svg
      class={turns ? 'b-icon b-icon-turns' : 'b-icon'}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      {shape}
    </svg>
  );
}

export const SendIcon = /* @__PURE__ */ icon(<path d="M5 12h13M12 5l7 7-7 7" />, true);
export const BackIcon = /* @__PURE__ */ icon(<path d="M19 12H6M12 5l-7 7 7 7" />, true);
export const CloseIcon = /* @__PURE__ */ icon(<path d="M6 6l12 12M18 6L6 18" />);
export const DownIcon = /* @__PURE__ */ icon(<path d="M6 9l6 6 6-6" />);
export const MoreIcon = /* @__PURE__ */ icon(<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3" />);
export const CheckIcon = /* @__PURE__ */ icon(<path d="M5 13l4 4L19 7" />);
export const ChecksIcon = /* @__PURE__ */ icon(<path d="M2 13l4 4 9-10M12 16l1 1 9-10" />);
export const ClockIcon = /* @__PURE__ */ icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7.5V12l3 2" />
  </>,
);
export const AlertIcon = /* @__PURE__ */ icon(
  <>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7.5v5.5M12 16.3v.01" />
  </>,
);
export const RetryIcon = /* @__PURE__ */ icon(<path d="M19 12a7 7 0 1 1-2.3-5.2M19.5 4v4h-4" />);
export const PersonIcon = /* @__PURE__ */ icon(
  <>
    <circle cx="12" cy="8" r="3.75" />
    <path d="M4.5 20c.8-3.6 3.7-5.5 7.5-5.5s6.7 1.9 7.5 5.5" />
  </>,
);
export const DownloadIcon = /* @__PURE__ */ icon(<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.500M5 20h14" />);
export const SoundIcon = /* @__PURE__ */ icon(
  <path d="M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM15.5 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11" />,
);
export const SilentIcon = /* @__PURE__ */ icon(
  <path d="M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM16 9.500l5 5M21 9.500l-5 5" />,
);
export const PlusIcon = /* @__PURE__ */ icon(<path d="M12 5v14M5 12h14" />);
export const LeaveIcon = /* @__PURE__ */ icon(<path d="M14 5H6v14h8M10.5 12H20M16.5 8.500L20 12l-3.5 3.5" />, true);
export const ChatIcon = /* @__PURE__ */ icon(
  <path d="M12 4.500c-4.7 0-8.5 3-8.5 7 0 2.2 1.2 4.2 3.1 5.500L6 20.500l4-1.900c.6.1 1.3.2 2 .2 4.7 0 8.5-3.2 8.5-7.300s-3.8-7-8.5-7z" />,
);
export const SearchIcon = /* @__PURE__ */ icon(
  <>
    <circle cx="11" cy="11" r="6" />
    <path d="M15.5 15.500L20 20" />
  </>,
);
export const NoteIcon = /* @__PURE__ */ icon(<path d="M5 4h14v11l-5 5H5zM14 20v-5h5M8.5 8.500h7M8.5 12h4" />);
export const TransferIcon = /* @__PURE__ */ icon(<path d="M4 8h13M13 4l4 4-4 4M20 16H7M11 12l-4 4 4 4" />, true);
export const BellIcon = /* @__PURE__ */ icon(<path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.5 1.500h-15zM10 20.500h4" />);
export const KeyboardIcon = /* @__PURE__ */ icon(
  <path d="M3 6.500h18v11H3zM6.5 10h.01M10 10h.01M13.5 10h.01M17 10h.01M8 14h8" />,
);
export const SettingsIcon = /* @__PURE__ */ icon(
  <>
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
    <circle cx="15" cy="7" r="2" />
    <circle cx="9" cy="17" r="2" />
  </>,
);
export const ChartIcon = /* @__PURE__ */ icon(<path d="M4 20h16M7 16v-4M12 16V6M17 16v-7" />);
export const LinkIcon = /* @__PURE__ */ icon(<path d="M14 5h5v5M19 5l-8 8M17 14v5H5V7h5" />);

/** Baton's mark: a baton in mid-air, half of it the giver's, half the taker's. */
export function BatonMark({ size = 28 }: IconProps) {
  return (
    <svg class="b-mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <g transform="rotate(-38 16 16)">
        <rect class="b-mark-giver" x="1.5" y="11.5" width="16.5" height="9" rx="4.5" />
        <rect class="b-mark-taker" x="14" y="11.5" width="16.5" height="9" rx="4.5" />
      </g>
    </svg>
  );
}
