import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { ModelFailure } from './model.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('[A1] the circuit breaker', () => {
  const down = new ModelFailure('unreachable');
  it('opens after three failures in a row, and lets one probe through after a while', () => {
    const circuit = createCircuitBreaker();
    for (let turn = 0; turn < 3; turn++) {
      expect(circuit.allows()).toBe(true);
      circuit.recordFailure(down);
    }
    expect(circuit.allows()).toBe(false);
    vi.advanceTimersByTime(15_000);
    expect([circuit.allows(), circuit.allows()]).toEqual([true, false]);
    circuit.recordFailure(down);
    expect(circuit.allows()).toBe(false);
    vi.advanceTimersByTime(15_000);
    expect(circuit.allows()).toBe(true);
    circuit.recordSuccess();
    expect([circuit.allows(), circuit.allows()]).toEqual([true, true]);
  });
  it('does not count failures of single answers', () => {
    const circuit = createCircuitBreaker();
    for (let turn = 0; turn < 9; turn++) circuit.recordFailure(new ModelFailure('filtered'));
    expect(circuit.allows()).toBe(true);
  });
  it('an aborted probe lets the next request probe', () => {
    const circuit = createCircuitBreaker();
    for (let turn = 0; turn < 3; turn++) circuit.recordFailure(down);
    vi.advanceTimersByTime(15_000);
    expect(circuit.allows()).toBe(true);
    circuit.recordNothing();
    expect(circuit.allows()).toBe(true);
  });
});
