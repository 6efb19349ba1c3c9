import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCircuit } from './circuit-breaker.ts';
import { ModelFailure } from './model.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('[A1] the circuit', () => {
  const down = new ModelFailure('unreachable');
  it('opens after three failures in a row, and lets one try after a while', () => {
    const circuit = createCircuit();
    for (let turn = 0; turn < 3; turn++) {
      expect(circuit.mayAsk()).toBe(true);
      circuit.failed(down);
    }
    expect(circuit.mayAsk()).toBe(false);
    vi.advanceTimersByTime(15_000);
    expect([circuit.mayAsk(), circuit.mayAsk()]).toEqual([true, false]);
    circuit.failed(down);
    expect(circuit.mayAsk()).toBe(false);
    vi.advanceTimersByTime(15_000);
    expect(circuit.mayAsk()).toBe(true);
    circuit.succeeded();
    expect([circuit.mayAsk(), circuit.mayAsk()]).toEqual([true, true]);
  });
  it('does not count answers that fail for a reason of their own', () => {
    const circuit = createCircuit();
    for (let turn = 0; turn < 9; turn++) circuit.failed(new ModelFailure('filtered'));
    expect(circuit.mayAsk()).toBe(true);
  });
  it('a try that was called off lets the next one try', () => {
    const circuit = createCircuit();
    for (let turn = 0; turn < 3; turn++) circuit.failed(down);
    vi.advanceTimersByTime(15_000);
    expect(circuit.mayAsk()).toBe(true);
    circuit.undecided();
    expect(circuit.mayAsk()).toBe(true);
  });
});
