import { Logger, runOnce } from 'graphile-worker'
import { tasks } from '../src/jobs/tasks.ts'
import type { Shop } from './helper.ts'

/** Runs all waiting jobs, which a server would do by itself. */
export async function doJobs({ url, orm }: Shop, now: Date): Promise<void> {
  const logger = new Logger(() => () => {})
  await runOnce({ connectionString: url, taskList: tasks(orm, () => now), noHandleSignals: true, logger })
}
