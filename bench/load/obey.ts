/** What a driver's program does for each kind of order. */
export type Work<Order extends { kind: string }> = {
  [Kind in Order['kind']]: (order: Extract<Order, { kind: Kind }>) => Promise<unknown>;
};

/** Does what the parent process orders, one thing at a time, until it says `leave` or is gone. */
export function obey<Order extends { kind: string }>(work: Work<Order>): void {
  process.on('message', (order: Order | { kind: 'leave' }) => {
    if (order.kind === 'leave') process.exit(0);
    // The kind is that of one of them, and its work takes this very order.
    const act = work[order.kind as Order['kind']] as (order: object) => Promise<unknown>;
    act(order).then(
      (value) => process.send?.({ value }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
