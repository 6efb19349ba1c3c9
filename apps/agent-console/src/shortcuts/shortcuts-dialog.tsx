import { Dialog } from '@baton/design';
import { useConsole, useShared } from '../console/context.ts';
import { words } from '../words/words.ts';
import { shortcuts } from './shortcuts.ts';
import { singleKeys } from './single-keys.ts';
import './shortcuts.css';

const groups = ['chats', 'conversation', 'console'] as const;

/** All shortcuts, by what they are for. */
export function ShortcutsDialog() {
  const { actions } = useConsole();
  const { keeper } = useShared();
  return (
    <Dialog title={words.shortcuts.title} closeLabel={words.problem.close} size="l" onClose={() => actions.show(null)}>
      <p class="dialog-lead">{words.shortcuts.lead}</p>
      <div class="shortcuts">
        {groups.map((group) => (
          <section key={group} aria-labelledby={`shortcuts-${group}`}>
            <h3 class="small-title" id={`shortcuts-${group}`}>
              {words.shortcuts.groups[group]}
            </h3>
            <dl>
              {shortcuts
                .filter((shortcut) => shortcut.group === group)
                .map(({ name, keys }) => (
                  <div key={name}>
                    <dt>{words.shortcuts[name]}</dt>
                    <dd>
                      {keys.map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="choice">
        <input
          type="checkbox"
          checked={singleKeys.value}
          onChange={(event) => {
            singleKeys.value = event.currentTarget.checked;
            keeper.write('baton.console.single-keys', singleKeys.value ? null : 'off');
          }}
        />
        <span>{words.shortcuts.single}</span>
      </label>
    </Dialog>
  );
}
