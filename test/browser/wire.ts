import { type IncomingHttpHeaders, request } from 'node:http'

export interface Answer {
  status: number | undefined
  /** Of the body as it comes over the wire. */
  bytes: number
  headers: IncomingHttpHeaders
}

/** Asks as a browser does, and leaves the answer compressed. */
export function fetchRaw(url: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((answer, fail) => {
    request(url, { headers }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => (bytes += chunk.length))
      response.on('end', () => answer({ status: response.statusCode, bytes, headers: response.headers }))
    })
      .on('error', fail)
      .end()
  })
}
