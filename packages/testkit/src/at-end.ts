import { afterAll, afterEach, onTestFailed, onTestFinished, TestRunner } from 'vitest';

const insideTest = () => TestRunner.getCurrentTest() !== undefined;

/** Does something when the test that is running has ended, or, called at the top of a file, after its last test. */
export function atEnd(action: () => Promise<void>): void {
  if (insideTest()) onTestFinished(action);
  else afterAll(action);
}

/** Does something when the test that is running fails, or, called at the top of a file, when any of its tests does. */
export function onFailure(action: () => void): void {
  if (insideTest()) onTestFailed(action);
  else {
    afterEach(({ task }) => {
      if (task.result?.state === 'fail') action();
    });
  }
}
