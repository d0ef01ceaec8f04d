// Writes the counts of a vitest run, and what failed, to the file named by COMING_COUNTS, for the closing lines of `npm test`.
import { writeFileSync } from 'node:fs';

export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env.COMING_COUNTS;
    if (!file) return;
    const counts = { passed: 0, skipped: 0 };
    const failures = unhandledErrors.map((error) => describe('Unhandled', error));
    for (const module of modules) {
      failures.push(...module.errors().map((error) => describe(module.relativeModuleId, error)));
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        if (state === 'passed') counts.passed += 1;
        else if (state === 'failed')
          failures.push(describe(`${module.relativeModuleId} > ${test.fullName}`, errors[0]));
        else counts.skipped += 1;
      }
    }
    writeFileSync(file, JSON.stringify({ ...counts, failed: failures.length, failures }));
  }
}

function describe(where, error) {
  return `${where}\n  ${error?.stack ?? error?.message ?? 'no reason given'}`;
}
