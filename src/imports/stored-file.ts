import { sql } from 'kysely'
import type pg from 'pg'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { type FileBytes, UnreadableFile } from './reading/sheet.ts'

/**
 * Small, so that whoever reads it is done with a piece before the memory that it takes is looked through again: pieces of 1 MB
 * outlive that, and made the process 150 MB larger.
 */
const PIECE_BYTES = 32 * 1024

/**
 * Keeps an uploaded file in the database, where whichever process reads it finds it; answers its size in bytes. Without a
 * transaction, as a slow line would hold one, and its connection, for minutes: an upload that breaks off is taken away by
 * whoever sees it, or by the sweep. Nor is each piece's commit waited for: the one that says that the file is whole is, and
 * what comes before a commit is kept with it. But only as long as the database's server lives: one that crashes loses the last
 * pieces and takes the next ones, so isWhole() counts them before a file is read. Of an import that was ended from elsewhere
 * nothing more is kept.
 */
export async function storeFile(pool: pg.Pool, importId: number, upload: AsyncIterable<Buffer>): Promise<number> {
  let [number, size] = [0, 0]
  for await (const bytes of pieces(upload)) {
    await pool.query(
      `insert into import_chunk (import_id, number, bytes) select id, $2, $3 from set_config('synchronous_commit', 'off', true), file_import
        where id = $1 and state = 'uploading' for share of file_import`,
      [importId, number, bytes]
    )
    number++
    size += bytes.length
  }
  return size
}

/** Whether all pieces of so many bytes are there, to be asked in the transaction that hands the file over. */
export async function isWhole(em: Em, importId: number, size: number): Promise<boolean> {
  const found = await row(
    em,
    sql<{ count: number; bytes: number }>`
    select count(*)::int as count, coalesce(sum(length(bytes)), 0)::float as bytes from import_chunk where import_id = ${importId}
  `
  )
  return found?.count === Math.ceil(size / PIECE_BYTES) && found.bytes === size
}

/**
 * All as long as each other but the last, so that a place in the file tells which one it is in; in the same memory, so that
 * each is over when the next is asked for.
 */
async function* pieces(upload: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const piece = Buffer.alloc(PIECE_BYTES)
  let filled = 0
  for await (const some of upload) {
    for (let at = 0; at < some.length; ) {
      const copied = some.copy(piece, filled, at)
      at += copied
      filled += copied
      if (filled < PIECE_BYTES) continue
      yield piece
      filled = 0
    }
  }
  if (filled) yield piece.subarray(0, filled)
}

/** What storeFile() kept, read piece by piece as it is asked for. */
export function openStored(pool: pg.Pool, importId: number, size: number): FileBytes {
  // A ZIP archive's list of files is read a few bytes at a time.
  let last: { number: number; bytes: Buffer | undefined } = { number: -1, bytes: undefined }
  return { size, stream }

  async function* stream(start = 0): AsyncGenerator<Buffer> {
    for (let number = Math.floor(start / PIECE_BYTES); number * PIECE_BYTES < size; number++) {
      const bytes = await take(number)
      // The file ends where its size says, never where something is missing.
      if (bytes?.length !== Math.min(PIECE_BYTES, size - number * PIECE_BYTES)) throw new UnreadableFile(MISSING)
      yield bytes.subarray(Math.max(0, start - number * PIECE_BYTES))
    }
  }

  async function take(number: number): Promise<Buffer | undefined> {
    if (last.number === number) return last.bytes
    const { rows } = await pool.query<{ bytes: Buffer }>(
      'select bytes from import_chunk where import_id = $1 and number = $2',
      [importId, number]
    )
    last = { number, bytes: rows[0]?.bytes }
    return last.bytes
  }
}

const MISSING = 'Part of this file is missing. Upload it again.'
