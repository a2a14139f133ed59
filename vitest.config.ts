// The two kinds of tests: unit (seconds, no network) and end to end (the emulator, and real Slurm where it is installed).
import { defineConfig } from 'vitest/config'

const endToEnd = 'test/**/*.e2e.test.ts'

export default defineConfig({
  test: {
    reporters: ['default', './test/setup/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          globalSetup: ['test/setup/own-tmp.ts'],
          setupFiles: ['test/setup/one-seed.ts'],
          include: ['test/**/*.test.ts'],
          exclude: [endToEnd],
          // Two busy cores: a test that waits for a process waits longer, none waits by the clock.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: [endToEnd],
          globalSetup: ['test/setup/own-tmp.ts', 'test/e2e/laptop.ts'],
          setupFiles: ['test/setup/one-seed.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
