import { SaxesParser } from 'saxes'

export type Attributes = Record<string, string>

export interface Handlers {
  open?(name: string, attributes: Attributes): void
  close?(name: string): void
  /** Receives the text of an element, in pieces. */
  text?(text: string): void
}

const DEEPEST = 100
/**
 * The most bytes between two tags, which are held in memory. A cell of 32,767 characters takes less, even if each is
 * escaped.
 */
const LONGEST_PIECE = 1024 * 1024

/**
 * Parses XML and calls the handlers, with names that lack their prefixes. It yields after each chunk, so that rows can
 * be handed on as they come.
 */
export async function* readXml(chunks: AsyncIterable<Buffer>, { open, close, text }: Handlers): AsyncGenerator<void> {
  const parser = new SaxesParser({ position: false, xmlns: false })
  const decoder = new TextDecoder()
  let [depth, piece] = [0, 0]
  parser.on('opentag', ({ name, attributes }) => {
    piece = 0
    if (++depth > DEEPEST) throw new Error('The XML is too deep')
    open?.(toLocal(name), attributes)
  })
  parser.on('closetag', ({ name }) => {
    piece = 0
    depth--
    close?.(toLocal(name))
  })
  if (text) parser.on('text', text)
  if (text) parser.on('cdata', text)
  for await (const chunk of chunks) {
    piece += chunk.length
    if (piece > LONGEST_PIECE) throw new Error('The XML has too long a text')
    parser.write(decoder.decode(chunk, { stream: true }))
    yield
  }
  parser.write(decoder.decode())
  parser.close()
}

export async function readWholeXml(chunks: AsyncIterable<Buffer>, handlers: Handlers): Promise<void> {
  for await (const _ of readXml(chunks, handlers));
}

function toLocal(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}
