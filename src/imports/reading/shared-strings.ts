import { type Handlers, readWholeXml } from './xml.ts'

/**
 * The texts that a workbook's cells refer to by number. There may be millions, and a million strings weigh several times
 * what their bytes do: so they are kept as bytes, outside V8's heap.
 */
export class SharedStrings {
  #bytes: Buffer = Buffer.allocUnsafe(64 * 1024)
  #ends = new Uint32Array(4096)
  #count = 0

  get(index: number): string {
    const end = index < this.#count ? (this.#ends[index] ?? 0) : 0
    return end ? this.#bytes.toString('utf8', this.#ends[index - 1] ?? 0, end) : ''
  }

  add(text: string): void {
    const start = this.#count ? (this.#ends[this.#count - 1] ?? 0) : 0
    // A UTF-16 unit becomes three bytes at most.
    if (start + text.length * 3 > this.#bytes.length) this.#grow(start, text.length * 3)
    if (this.#count === this.#ends.length) {
      const ends = new Uint32Array(this.#ends.length * 2)
      ends.set(this.#ends)
      this.#ends = ends
    }
    this.#ends[this.#count++] = start + this.#bytes.write(text, start, 'utf8')
  }

  #grow(used: number, needed: number): void {
    const bytes = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, used + needed))
    this.#bytes.copy(bytes, 0, 0, used)
    this.#bytes = bytes
  }
}

export async function readSharedStrings(chunks: AsyncIterable<Buffer>): Promise<SharedStrings> {
  const strings = new SharedStrings()
  const reader = createTextReader()
  await readWholeXml(chunks, {
    ...reader.handlers,
    close(name) {
      if (name === 'si') strings.add(reader.take())
      else reader.handlers.close?.(name)
    }
  })
  return strings
}

/** Collects what the <t> of a text hold: the runs of a rich one, but not how it is pronounced. */
export function createTextReader(): { handlers: Handlers; take(): string } {
  let text = ''
  let [isText, isPhonetic] = [false, false]
  return {
    handlers: {
      open(name) {
        if (name === 't') isText = true
        else if (name === 'rPh') isPhonetic = true
      },
      close(name) {
        if (name === 't') isText = false
        else if (name === 'rPh') isPhonetic = false
      },
      text(piece) {
        if (isText && !isPhonetic) text += piece
      }
    },
    take() {
      const taken = unescapeXlsx(text)
      text = ''
      return taken
    }
  }
}

/** Excel writes what XML can't hold as its number: "_x000D_". */
export function unescapeXlsx(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9a-f]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
