import { type Component, type ComponentChildren, createElement, type FunctionComponent } from 'preact';

/** Renders again only when a property is another one than before: for long lists whose items are snapshots. */
export function memo<Props extends object>(render: (props: Props) => ComponentChildren): FunctionComponent<Props> {
  const same = (a: Props, b: Props) => {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof Props>;
    for (const name of names) if (a[name] !== b[name]) return false;
    return true;
  };
  return function Memo(this: Component<Props>, props: Props) {
    this.shouldComponentUpdate = (next) => !same(this.props, next);
    return createElement(render as FunctionComponent<Props>, props);
  };
}
