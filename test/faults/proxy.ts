import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A network between a server and its database that can be broken. */
export interface Network {
  /** The database's address by way of it. */
  url: string
  /** From here on every byte is swallowed, both ways; connections stay open, new ones are taken and never answered. */
  swallow(): void
  /** What comes from here on gets through again; what was swallowed is lost. Connections stay as they are. */
  mend(): void
  /** Ends every connection. */
  cut(): void
  /** From here on nothing can be reached: connections are ended, new ones too. */
  fail(): void
}

export async function breakableNetwork(t: Test, databaseUrl: string): Promise<Network> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let isSwallowing = false
  let isFailing = false

  const pass = (from: Socket, to: Socket) => {
    sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (bytes) => isSwallowing || to.write(bytes))
    from.on('error', () => {})
    from.on('close', () => {
      sockets.delete(from)
      // An end is swallowed as well; it is heard of, as TCP sends it again, when the network is back.
      const end = () => (isSwallowing ? setTimeout(end, 50).unref() : to.destroy())
      end()
    })
  }

  const server = createServer((near) => {
    if (isFailing) return near.destroy()
    const far = connect(Number(target.port || 5432), target.hostname)
    pass(near, far)
    pass(far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  t.teardown(() => {
    isSwallowing = false
    cut()
    server.close()
  })
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String(typeof address === 'object' ? address?.port : '')
  return {
    url: url.href,
    swallow: () => {
      isSwallowing = true
    },
    mend: () => {
      isSwallowing = false
      isFailing = false
    },
    cut,
    fail: () => {
      isFailing = true
      cut()
    }
  }
}
