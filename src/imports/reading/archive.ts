import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from 'yauzl'
import type { FileBytes } from './sheet.ts'

/** The most files that an archive may hold. A workbook usually has a few dozen. */
const MOST_ENTRIES = 5000

export class TooLarge extends Error {}

/**
 * The number of bytes that may be unpacked from one archive. They are counted as they come, whatever the archive
 * claims.
 */
export class Allowance {
  readonly #most: number
  #taken = 0

  constructor(most: number) {
    this.#most = most
  }

  take(bytes: number): void {
    this.#taken += bytes
    if (this.#taken > this.#most) throw new TooLarge()
  }
}

/** Reads only the parts of an archive that are asked for, so that it is never in memory as a whole. */
class FileReader extends RandomAccessReader {
  readonly #file: FileBytes

  constructor(file: FileBytes) {
    super()
    this.#file = file
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(range(this.#file, start, end), { objectMode: false })
  }
}

async function* range(file: FileBytes, start: number, end: number): AsyncGenerator<Buffer> {
  let left = end - start
  if (left === 0) return
  for await (const bytes of file.stream(start)) {
    yield bytes.subarray(0, left)
    left -= bytes.length
    if (left <= 0) return
  }
}

/** The files in a ZIP archive, by name. */
export class Archive {
  readonly #zip: ZipFile
  readonly #entries: Map<string, Entry>

  private constructor(zip: ZipFile, entries: Map<string, Entry>) {
    this.#zip = zip
    this.#entries = entries
  }

  static async open(file: FileBytes): Promise<Archive> {
    const open = promisify<RandomAccessReader, number, object, ZipFile>(fromRandomAccessReader)
    const zip = await open(new FileReader(file), file.size, { lazyEntries: true, autoClose: false })
    if (zip.entryCount > MOST_ENTRIES) throw new TooLarge()
    const entries = new Map<string, Entry>()
    await new Promise<void>((resolve, reject) => {
      zip.on('entry', (entry: Entry) => {
        entries.set(entry.fileName.toLowerCase(), entry)
        zip.readEntry()
      })
      zip.on('end', resolve)
      zip.on('error', reject)
      zip.readEntry()
    })
    return new Archive(zip, entries)
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase())
  }

  sizeOf(name: string): number {
    return this.#entries.get(name.toLowerCase())?.uncompressedSize ?? 0
  }

  async *unpack(name: string, allowance: Allowance): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name.toLowerCase())
    if (!entry) throw new Error(`${name} is missing`)
    const stream = await promisify<Entry, NodeJS.ReadableStream>(this.#zip.openReadStream.bind(this.#zip))(entry)
    for await (const chunk of stream) {
      allowance.take((chunk as Buffer).length)
      yield chunk as Buffer
    }
  }
}
