import type { ChatState } from '@baton/client';
import { DownloadIcon, LeaveIcon, Menu, type MenuItem, MoreIcon, SilentIcon, SoundIcon } from '@baton/design';
import type { Language } from '../i18n/i18n.ts';

interface ChatMenuProps {
  state: ChatState;
  say: Language['say'];
  sound: boolean;
  onSound: (on: boolean) => void;
  onDownload: () => void;
  onEnd: () => void;
}

export function ChatMenu({ state, say, sound, onSound, onDownload, onEnd }: ChatMenuProps) {
  const items: MenuItem[] = [
    {
      label: say('sound'),
      icon: sound ? <SoundIcon /> : <SilentIcon />,
      checked: sound,
      onChoose: () => onSound(!sound),
    },
  ];
  if (state.items.length > 0) items.push({ label: say('download'), icon: <DownloadIcon />, onChoose: onDownload });
  if (state.phase === 'open') items.push({ label: say('endChat'), icon: <LeaveIcon />, danger: true, onChoose: onEnd });
  return <Menu label={say('more')} icon={<MoreIcon />} items={items} />;
}
