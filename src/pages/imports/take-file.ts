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

/** Takes an upload's file in and queues its check. The form's parts are read as they come; its fields stand before its file. */
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
    // Sent a second time: what it made the first time is the answer.
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
 * In place of one that never came up whole: the database was away when it broke off, so that it could not be taken away then.
 * One that is still on its way finds itself gone; its browser waits for this one.
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

/** The fields, the file, the end, and one to spare; one that lies across two pieces is not seen. */
const MOST_MARKS = MOST_FIELDS + 3

/**
 * Before the parser, which makes streams of all the parts in a piece, also of those that are too many: thousands of them in 64 KB
 * take 20 ms and leave as much to clear away, while nobody else is answered.
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

/** An upload that breaks off leaves no trace. */
async function storeUpload(em: Em, id: number, updates: boolean, file: AsyncIterable<Buffer> & { truncated: boolean }) {
  try {
    const size = await storeFile(await em.getConnection().getNativeClient(), id, file)
    if (file.truncated) {
      await drop(em, id)
      const error = `This file is larger than ${LARGEST_MB} MB. Split it into several files and upload them one by one.`
      return { error, updates }
    }
    const isTaken = await em.transactional(async (inner) => {
      // Else it was ended on its way up, and its page says why.
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
  // One whose last answer was lost on the way has been taken all the same: the form sent again finds it.
  await em.nativeDelete(FileImport, { id, state: 'uploading' })
}
