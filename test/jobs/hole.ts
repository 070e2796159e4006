import { connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A network between a program and its database, which can swallow every byte and keeps its connections all the same. */
export async function network(t: Test, url: string) {
  const { hostname, port } = new URL(url)
  let isOpen = true
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      sockets.add(from)
      from.on('data', (bytes) => isOpen && to.write(bytes))
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        if (isOpen) to.destroy()
      })
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const through = new URL(url)
  const address = server.address()
  through.port = String(typeof address === 'object' && address?.port)
  return {
    url: through.href,
    swallow: (is: boolean) => {
      isOpen = !is
    }
  }
}
