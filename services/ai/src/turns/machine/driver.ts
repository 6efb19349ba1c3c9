import { beginTurn, step } from './machine.ts';
import type { Conclusion, Turn, TurnEffect, TurnEvent, TurnLimits } from './states.ts';

interface TurnDriver {
  /** Tells the machine what happened. May be called at any time; after the conclusion it changes nothing. */
  tell(event: TurnEvent): void;
  readonly state: Turn['state'];
  readonly conclusion: Promise<Conclusion>;
}

/**
 * Runs the machine of one turn: one event after the other, each one's effects before the next. `perform` begins an
 * effect and returns at once; what comes of it is told as an event.
 */
export function driveTurn(
  limits: TurnLimits,
  perform: (effect: TurnEffect, tell: TurnDriver['tell']) => void,
): TurnDriver {
  const waiting: TurnEvent[] = [];
  const concluded = Promise.withResolvers<Conclusion>();
  let stepping = true;
  const begun = beginTurn();
  let turn = begun.turn;

  const take = (effects: readonly TurnEffect[]) => {
    for (const effect of effects) perform(effect, tell);
  };
  const tell = (event: TurnEvent) => {
    waiting.push(event);
    if (!stepping) stepOn();
  };
  const stepOn = () => {
    stepping = true;
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      const next = step(turn, event, limits);
      turn = next.turn;
      take(next.effects);
    }
    stepping = false;
    if (turn.state === 'concluded') concluded.resolve(turn.conclusion);
  };

  take(begun.effects);
  stepOn();
  return {
    tell,
    conclusion: concluded.promise,
    get state() {
      return turn.state;
    },
  };
}
