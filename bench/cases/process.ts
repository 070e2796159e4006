import { reported, under } from '../bars.ts'
import { type Case, type Measurement, Skip } from '../case.ts'
import { underLoad } from '../load.ts'
import { median } from '../measure.ts'
import type { Memory } from '../memory.ts'
import { startServer } from '../server.ts'
import type { Stage } from '../stage.ts'

const STARTS = 5

/** These run last, so that the memory is that of the whole bench. */
export const processCases: Case[] = [
  { name: 'process/memory', bar: under(250, 'MB'), run: (stage) => memoryOf(stage, 'server') },
  { name: 'process/memory-of-reading', bar: under(250, 'MB'), run: (stage) => memoryOf(stage, 'reader') },
  { name: 'process/memory-together', bar: reported, run: (stage) => memoryOf(stage, 'together') },
  { name: 'process/memory-under-load', bar: under(330, 'MB'), run: memoryUnderLoad },
  { name: 'process/start', bar: under(1_500), run: startAnother }
]

/** The most memory that a process ever held. */
async function memoryOf({ server }: Stage, whose: Exclude<keyof Memory, 'now'>): Promise<Measurement> {
  const memory = server.memory()
  if (!memory) throw new Skip('this system does not tell a process’s memory')
  if (memory[whose] === 0) throw new Skip('no large file was read')
  return { unit: 'MB', median: memory[whose], p99: null, yardstick: null, flaws: [] }
}

async function memoryUnderLoad(stage: Stage): Promise<Measurement> {
  const loaded = await underLoad(stage)
  if (!loaded) throw new Skip('this system does not tell a process’s memory')
  return { unit: 'MB', median: loaded.peak, p99: null, yardstick: null, flaws: loaded.flaws }
}

/** Starts another server on the same database, which is up to date. */
async function startAnother({ url }: Stage): Promise<Measurement> {
  const times: number[] = []
  for (let time = 0; time < STARTS; time++) {
    const server = await startServer(url)
    times.push(server.startedInMs)
    await server.stop()
  }
  return { unit: 'ms', median: median(times), p99: Math.max(...times), yardstick: null, flaws: [] }
}
