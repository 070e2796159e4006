import { randomUUID } from 'node:crypto'
import { LockMode } from '@mikro-orm/core'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Em } from '../../db/orm.ts'
import { queueCheck } from '../../imports/check.ts'
import { FileImport } from '../../imports/file-import.ts'
import { insertImport, type NewImport } from '../../imports/keep-import.ts'
import { findByKey } from '../../imports/queries.ts'
import { isWhole, storeFile } from '../../imports/stored-file.ts'
import { Refusal } from '../../lib/errors.ts'
import { formKey, tick } from '../../lib/fields.ts'
import { fileName } from '../../web/download.ts'
import { actorOf } from '../shared/access.ts'

const LARGEST_MB = 200
export const MOST_FIELDS = 5
export const LARGEST_FILE = LARGEST_MB * 1024 * 1024

const fields = z.object({ key: formKey.catch(() => randomUUID()), updates: tick })

type UploadResult = { id: number } | { error: string; updates: boolean }

/**
 * Stores an uploaded file and queues its check. The parts of the form are read as they arrive, and its fields must come
 * before its file.
 */
export async function takeFile(request: FastifyRequest, group: NewImport['group']): Promise<UploadResult> {
  const typed: Record<string, unknown> = {}
  countParts(request)
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      if (Object.keys(typed).length === MOST_FIELDS || part.fieldname in typed) stopReading(request)
      typed[part.fieldname] = part.value
      continue
    }
    const { key, updates } = fields.parse(typed)
    if (!part.filename) {
      part.file.resume()
      return { error: 'Choose a file first.', updates }
    }
    const asked = { key, group, fileName: fileName(part.filename), updates }
    const id = (await insertImport(request.em, asked, actorOf(request))) ?? (await insertAgain(request, asked))
    // The form was sent a second time, so the first import is the answer.
    if (id === null) {
      part.file.resume()
      const first = await findByKey(request.em, key)
      return { id: first?.id ?? 0 }
    }
    return storeUpload(request.em, id, updates, part.file)
  }
  return { error: 'Choose a file first.', updates: fields.parse(typed).updates }
}

/**
 * Replaces an upload that broke off while the database was away, so that it could not be removed then. If the other
 * upload is in fact still running, it finds itself removed; its browser is waiting for this one.
 */
async function insertAgain(request: FastifyRequest, asked: Parameters<typeof insertImport>[1]): Promise<number | null> {
  const broken = await request.em.nativeDelete(FileImport, { key: asked.key, state: 'uploading' })
  return broken ? insertImport(request.em, asked, actorOf(request)) : null
}

function stopReading(request: FastifyRequest): never {
  stopParsing(request)
  throw tooMany()
}

function stopParsing(request: FastifyRequest): void {
  request.isUploading = false
  request.raw.unpipe()
}

const tooMany = () => new Refusal(413, 'Something went wrong with this upload. Choose the file again.')

/**
 * How many boundaries between parts are allowed: those of the fields, the file and the end, and one to spare. A
 * boundary that is split across two chunks is not counted.
 */
const MOST_MARKS = MOST_FIELDS + 3

/**
 * Counts the parts before the parser sees them. The parser makes a stream of each part in a chunk, even of those that
 * are too many: thousands of them in 64 KB take 20 ms and as much garbage collection, while nobody else is answered.
 */
function countParts(request: FastifyRequest): void {
  const { raw, headers } = request
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(headers['content-type'] ?? '')
  if (!boundary) throw new Refusal(415, 'Clientele does not understand this kind of request.')
  const mark = Buffer.from(`\r\n--${boundary[1] ?? boundary[2]}`)
  let left = MOST_MARKS
  const pipe = raw.pipe.bind(raw)
  raw.pipe = <Parser extends NodeJS.WritableStream>(parser: Parser): Parser => {
    const write = parser.write.bind(parser)
    parser.write = (piece: string | Uint8Array) => {
      const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(piece)
      for (let at = bytes.indexOf(mark); at >= 0 && left >= 0; at = bytes.indexOf(mark, at + 1)) left--
      if (left >= 0) return write(piece)
      stopParsing(request)
      parser.emit('error', tooMany())
      return false
    }
    return pipe(parser)
  }
}

/** Stores the file. An upload that breaks off leaves nothing behind. */
async function storeUpload(em: Em, id: number, updates: boolean, file: AsyncIterable<Buffer> & { truncated: boolean }) {
  try {
    const size = await storeFile(await em.getConnection().getNativeClient(), id, file)
    if (file.truncated) {
      await drop(em, id)
      const error = `This file is larger than ${LARGEST_MB} MB. Split it into several files and upload them one by one.`
      return { error, updates }
    }
    const isTaken = await em.transactional(async (inner) => {
      // If it is not, the import was ended during the upload, and its page says why.
      if (!(await inner.findOne(FileImport, { id, state: 'uploading' }, { lockMode: LockMode.PESSIMISTIC_WRITE })))
        return true
      if (!(await isWhole(inner, id, size))) return false
      await inner.nativeUpdate(FileImport, { id }, { state: 'reading', size })
      await queueCheck(inner, id)
      return true
    })
    if (isTaken) return { id }
    await drop(em, id)
    return { error: 'Part of this file was lost on the way. Upload it again.', updates }
  } catch (error) {
    await drop(em, id)
    throw error
  }
}

async function drop(em: Em, id: number): Promise<void> {
  // An upload that was stored, but whose answer was lost, is no longer "uploading" and is kept. If the form is sent
  // again, it is found.
  await em.nativeDelete(FileImport, { id, state: 'uploading' })
}
