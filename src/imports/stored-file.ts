import { sql } from 'kysely'
import type pg from 'pg'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { type FileBytes, UnreadableFile } from './reading/sheet.ts'

/**
 * Small pieces are garbage before V8's next collection of the young generation. Pieces of 1 MB outlived it and made the
 * process 150 MB larger.
 */
const PIECE_BYTES = 32 * 1024

/**
 * Stores an uploaded file in the database, where any process can read it, and returns its size in bytes. It uses no
 * transaction, because a slow upload would hold one, and its connection, for minutes; an upload that breaks off is
 * removed by the request that notices it, or by the sweep. It doesn't wait for the commit of each piece either, because
 * the commit that declares the file complete covers the earlier ones. If PostgreSQL crashes during the upload, the last
 * pieces may be lost while later ones are stored, so isWhole() counts them before the file is read. Nothing more is
 * stored for an import that has ended.
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

/** Whether all pieces of a file of `size` bytes are stored. It belongs in the transaction that hands the file over. */
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
 * Cuts an upload into pieces of equal length, except the last, so that an offset tells which piece it is in. All pieces
 * share one buffer, so each is valid only until the next one is asked for.
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

/** Opens a file that storeFile() stored. Its pieces are read as they are asked for. */
export function openStored(pool: pg.Pool, importId: number, size: number): FileBytes {
  // The last piece is kept, because a ZIP archive's directory is read a few bytes at a time.
  let last: { number: number; bytes: Buffer | undefined } = { number: -1, bytes: undefined }
  return { size, stream }

  async function* stream(start = 0): AsyncGenerator<Buffer> {
    for (let number = Math.floor(start / PIECE_BYTES); number * PIECE_BYTES < size; number++) {
      const bytes = await take(number)
      // A missing piece is an error; the file ends only where its size says.
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
