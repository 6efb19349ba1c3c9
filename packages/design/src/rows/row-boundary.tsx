import { Component, type ComponentChildren } from 'preact';

export interface RowBoundaryProps {
  /** What is drawn. Another one is tried anew. */
  of: unknown;
  /** In its place, when it cannot be drawn: as plain as can be. */
  fallback: () => ComponentChildren;
  children: ComponentChildren;
}

/**
 * One row of a list. What goes wrong while it is drawn, such as something that a browser lacks, ends here: the row is
 * shown in plain words, and the page goes on. The error is reported like any that nobody has caught.
 */
export class RowBoundary extends Component<RowBoundaryProps, { failed: unknown }> {
  override state: { failed: unknown } = { failed: undefined };

  override componentDidCatch(error: unknown): void {
    // What is drawn is remembered, so that the same is not tried again and again.
    this.setState({ failed: this.props.of });
    reportError(error);
  }
  override render() {
    const { of, fallback, children } = this.props;
    return this.state.failed === of ? fallback() : children;
  }
}
