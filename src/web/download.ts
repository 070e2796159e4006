import type { FastifyReply } from 'fastify'

const LONGEST_NAME = 120

/** Makes the browser save the answer as a file of that name, whatever characters the name has. */
export function downloadAs(reply: FastifyReply, name: string): FastifyReply {
  const safe = fileName(name)
  const plain = safe
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '_')
    .replace(/[%;]/g, '_')
  const exact = encodeURIComponent(safe).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
  )
  return reply
    .header('content-disposition', `attachment; filename="${plain}"; filename*=UTF-8''${exact}`)
    .header('cache-control', 'no-store')
}

/** A name without characters that some system forbids in file names or gives a meaning to. Its extension is kept. */
export function fileName(name: string): string {
  const [, stem = '', ending = ''] = /^(.*?)(\.\w{1,5})?$/s.exec(name) ?? []
  const tidy = stem
    .toWellFormed()
    .replace(/[\p{C}\\/:*?"<>|]/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '')
  return `${[...tidy].slice(0, LONGEST_NAME).join('').trim() || 'file'}${ending}`
}
