import { Component, type ComponentType } from 'preact';

/** Renders a component again only when one of its properties is another: what `memo` of preact/compat does, alone. */
export function memo<Props extends object>(Inner: ComponentType<Props>): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const now: Readonly<Props> = this.props;
      const keys = new Set([...Object.keys(now), ...Object.keys(next)]) as Set<keyof Props>;
      return [...keys].some((key) => now[key] !== next[key]);
    }
    override render() {
      return <Inner {...(this.props as Props)} />;
    }
  };
}
