import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { slices } from './reading/slices.ts'

/**
 * Small, so that whoever reads it is done with a piece before the memory that it takes is looked through again: pieces of 1 MB
 * outlive that, and made the process 150 MB larger.
 */
const CHUNK_BYTES = 32 * 1024

/**
 * Keeps an uploaded file in the database, where whichever process reads it finds it; answers its size in bytes. Without a
 * transaction, as a slow line would hold one, and its connection, for minutes: an upload that breaks off is taken away by
 * whoever sees it, or by the sweep. Nor is each piece's commit waited for: the one that says that the file is whole is, and
 * what comes before a commit is kept with it.
 */
export async function storeFile(em: Em, importId: number, upload: AsyncIterable<Buffer>): Promise<number> {
  let [number, size] = [0, 0]
  for await (const bytes of chunked(upload)) {
    await rows(
      em,
      sql`
      insert into import_chunk (import_id, number, bytes)
      select ${importId}, ${number}, ${bytes} from set_config('synchronous_commit', 'off', true)
    `
    )
    number++
    size += bytes.length
  }
  return size
}

async function* chunked(upload: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let [parts, size]: [Buffer[], number] = [[], 0]
  for await (const some of upload) {
    for (const part of slices(some, CHUNK_BYTES)) {
      parts.push(part)
      size += part.length
      if (size < CHUNK_BYTES) continue
      yield Buffer.concat(parts)
      parts = []
      size = 0
    }
  }
  if (size) yield Buffer.concat(parts)
}
