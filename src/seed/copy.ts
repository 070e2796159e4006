import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import type { Progress } from './progress.ts'

const CHUNK = 256 * 1024

/**
 * Streams rows, as lines in COPY's text format, into a table that was emptied in the same transaction. That lets COPY
 * freeze the rows, so that no vacuum has to visit them later. Returns the number of rows.
 */
export async function copy(
  client: pg.Client,
  columns: string,
  rows: Iterable<string>,
  progress: Progress
): Promise<number> {
  let count = 0
  const sent = (fresh: number) => {
    count += fresh
    progress.advance(fresh)
  }
  await pipeline(Readable.from(chunksOf(rows, sent)), client.query(from(`copy ${columns} from stdin with (freeze)`)))
  return count
}

/**
 * Joins rows to chunks, so that thousands of them are one write. The next chunk is made when the database has taken the
 * last.
 */
function* chunksOf(rows: Iterable<string>, sent: (fresh: number) => void): Generator<string> {
  let [chunk, fresh] = ['', 0]
  for (const row of rows) {
    chunk += row
    fresh++
    if (chunk.length < CHUNK) continue
    yield chunk
    sent(fresh)
    chunk = ''
    fresh = 0
  }
  yield chunk
  sent(fresh)
}
