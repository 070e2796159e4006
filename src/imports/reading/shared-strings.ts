import { TooLarge } from './archive.ts'
import { LONGEST_CELL } from './cell.ts'
import { type Handlers, readWholeXml } from './xml.ts'

const BLOCK_BYTES = 256 * 1024
const BLOCK_ENDS = 16 * 1024
/** The most bytes of all texts. 200,000 rows of seven columns, with all texts different, take less than half of it. */
const MOST_BYTES = 32 * 1024 * 1024

/**
 * The texts that a workbook's cells refer to by number. There may be a million, and a million strings take several
 * times their bytes. So they are stored as bytes, outside V8's heap, in blocks that never have to grow.
 */
export class SharedStrings {
  readonly #blocks: Buffer[] = []
  /** The end of each text. No text lies in two blocks. */
  readonly #ends: Uint32Array[] = []
  #count = 0

  get(index: number): string {
    const end = this.#endOf(index)
    const previous = this.#endOf(index - 1)
    if (end === previous) return ''
    const block = Math.floor((end - 1) / BLOCK_BYTES)
    const first = block * BLOCK_BYTES
    return this.#blocks[block]?.toString('utf8', Math.max(previous - first, 0), end - first) ?? ''
  }

  add(text: string): void {
    // Of a text that is too long, only as much is stored as shows that it is.
    const kept = text.slice(0, LONGEST_CELL + 1)
    let start = this.#endOf(this.#count - 1)
    // A UTF-16 unit takes at most three bytes in UTF-8.
    if (kept && start + kept.length * 3 > this.#blocks.length * BLOCK_BYTES) start = this.#addBlock()
    const first = Math.floor(start / BLOCK_BYTES)
    const length = this.#blocks[first]?.write(kept, start - first * BLOCK_BYTES, 'utf8') ?? 0
    this.#addEnd(start + length)
  }

  #endOf(index: number): number {
    if (!(index >= 0 && index < this.#count)) return 0
    return this.#ends[Math.floor(index / BLOCK_ENDS)]?.[index % BLOCK_ENDS] ?? 0
  }

  #addBlock(): number {
    this.#blocks.push(Buffer.allocUnsafeSlow(BLOCK_BYTES))
    this.#checkSize()
    return (this.#blocks.length - 1) * BLOCK_BYTES
  }

  #addEnd(end: number): void {
    if (this.#count % BLOCK_ENDS === 0) {
      this.#ends.push(new Uint32Array(BLOCK_ENDS))
      this.#checkSize()
    }
    const ends = this.#ends.at(-1)
    if (ends) ends[this.#count++ % BLOCK_ENDS] = end
  }

  #checkSize(): void {
    if (this.#blocks.length * BLOCK_BYTES + this.#ends.length * BLOCK_ENDS * 4 > MOST_BYTES) throw new TooLarge()
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

/** Collects the text in <t> elements: the runs of formatted text, but not its pronunciation. */
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

/** Replaces Excel's escapes of characters that XML can't hold: "_x000D_". */
export function unescapeXlsx(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9a-f]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
